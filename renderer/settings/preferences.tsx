import { NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import type { Settings } from '#shared/contract/system.ts';
import { Panel } from '../ui/panel.tsx';
import { SettingLine } from './setting-line.tsx';

type Props = { readonly settings: Settings; readonly save: (changed: Partial<Settings>) => void };

const themes = ['system', 'light', 'dark'] as const;
const numberFormats = ['1,234,567.8', '1 234 567,8', '1.234.567,8'] as const;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Theme, times and numbers. */
export function Appearance({ settings, save }: Props) {
  return (
    <Panel title="Appearance" padded={false}>
      <SettingLine name="Theme">
        <SegmentedControl
          aria-label="Theme"
          value={settings.theme}
          onChange={(value) => save({ theme: themes.find((known) => known === value) ?? 'system' })}
          data={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </SettingLine>
      <SettingLine name="Times shown in" note="Stored in UTC">
        <NativeSelect
          aria-label="Time zone"
          value={settings.timeZone}
          onChange={(event) => save({ timeZone: event.currentTarget.value === 'utc' ? 'utc' : 'local' })}
          data={[
            { value: 'local', label: zone },
            { value: 'utc', label: 'UTC' },
          ]}
          w={170}
        />
      </SettingLine>
      <SettingLine name="Numbers" note="Thousands and decimal mark">
        <NativeSelect
          aria-label="Number format"
          value={settings.numberFormat}
          onChange={(event) => {
            const chosen = numberFormats.find((known) => known === event.currentTarget.value);
            if (chosen) save({ numberFormat: chosen });
          }}
          data={[...numberFormats]}
          w={170}
        />
      </SettingLine>
    </Panel>
  );
}

type SwitchName = 'notifyStops' | 'notifyWindow' | 'notifyPhases' | 'keepAwake' | 'continueWhenClosed';

function Toggle({ settings, save, name, label }: Props & { name: SwitchName; label: string }) {
  return (
    <Switch
      aria-label={label}
      checked={settings[name]}
      onChange={(event) => save({ [name]: event.currentTarget.checked })}
    />
  );
}

/** What the desktop says, and whether it stays awake. Where the host cannot, it is said. */
export function Notifications(props: Props & { readonly possible: boolean }) {
  const { possible, ...rest } = props;
  return (
    <Panel
      title="Notifications"
      padded={false}
      foot={possible ? undefined : 'This host shows no notifications; the desktop app does.'}
    >
      <SettingLine name="When a run stops, fails or asks">
        <Toggle {...rest} name="notifyStops" label="Notify when a run stops, fails or asks" />
      </SettingLine>
      <SettingLine name="When the window has 30 min left">
        <Toggle {...rest} name="notifyWindow" label="Notify when the window has 30 minutes left" />
      </SettingLine>
      <SettingLine name="When a phase ends">
        <Toggle {...rest} name="notifyPhases" label="Notify when a phase ends" />
      </SettingLine>
      <SettingLine name="Keep this machine awake during a run">
        <Toggle {...rest} name="keepAwake" label="Keep this machine awake during a run" />
      </SettingLine>
    </Panel>
  );
}

/** What cannot be turned off, and what happens when the window closes. */
export function Safety(props: Props) {
  return (
    <Panel title="Safety" padded={false}>
      <SettingLine name="Ask before every execute" note="Cannot be turned off in the wizard">
        <Switch aria-label="Ask before every execute" checked disabled readOnly />
      </SettingLine>
      <SettingLine name="Close the window during a run" note="The engine goes on; reopening shows its true state">
        <Toggle {...props} name="continueWhenClosed" label="The engine goes on when the window closes" />
      </SettingLine>
    </Panel>
  );
}
