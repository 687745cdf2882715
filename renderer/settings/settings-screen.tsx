import { useQuery } from '@tanstack/react-query';
import { useRoute } from '../app/route-context.tsx';
import { useSettings } from '../app/use-settings.ts';
import { usePick } from '../profiles/use-pick.tsx';
import { useRpc } from '../rpc/rpc-context.tsx';
import { Screen } from '../ui/screen.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';
import { Reading } from '../wizard/shared/reading.tsx';
import { KeyboardMap } from './keyboard-map.tsx';
import { About, MachineData } from './machine-data.tsx';
import { Appearance, Notifications, Safety } from './preferences.tsx';
import { SecretsPanel } from './secrets-panel.tsx';

/** Settings, and the keyboard map at `settings/keys`. */
export function SettingsScreen() {
  const { variant } = useRoute();
  return variant === 'keys' ? <KeyboardMap /> : <AllSettings />;
}

const question = 'How does Overland behave on this machine?';

function AllSettings() {
  const { query } = useRpc();
  const { settings, error, save } = useSettings();
  const info = useQuery(query.system.info.queryOptions());
  const { pick, dialog } = usePick();
  if (!settings || !info.data) {
    return (
      <Reading
        question={question}
        title="Reading the settings"
        error={settings ? info.error : (error ?? info.error)}
        onRetry={() => void info.refetch()}
      />
    );
  }
  return (
    <Screen
      question={question}
      title="Settings"
      lead="Changes are saved at once. None of them changes a plan that was accepted."
    >
      <CallError error={error} />
      <div className="g2" style={{ gridTemplateColumns: '1fr 1fr', alignItems: 'start' }}>
        <div className="col" style={{ gap: 14 }}>
          <Appearance settings={settings} save={save} />
          <Notifications settings={settings} save={save} possible={info.data.can.notifications} />
          <About info={info.data} />
        </div>
        <div className="col" style={{ gap: 14 }}>
          <MachineData info={info.data} settings={settings} save={save} pick={pick} />
          <SecretsPanel info={info.data} />
          <Safety settings={settings} save={save} />
        </div>
      </div>
      {dialog}
    </Screen>
  );
}
