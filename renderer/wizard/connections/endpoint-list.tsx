import { useRoute } from '../../app/route-context.tsx';
import { placeHref } from '../../app/routes.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateIcon, stateWord } from '../../ui/state-icon.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';
import { type Endpoint, productOf, roleOf, standingOf } from './endpoint.ts';

type Props = {
  endpoints: readonly Endpoint[];
  ready: number;
  selected: string | undefined;
  testing: (name: string) => boolean;
};

/** Endpoints with their standing. The chosen one is in the address; arrow keys move along the list. */
export function EndpointList({ endpoints, ready, selected, testing }: Props) {
  const format = useFormat();
  const { place } = useRoute();
  const list = useRovingList<HTMLUListElement>();
  return (
    <Panel
      title="Endpoints"
      padded={false}
      right={`${format.number(ready)} of ${format.number(endpoints.length)} ready`}
      style={{ alignSelf: 'start' }}
    >
      <ul ref={list.ref} onKeyDown={list.onKeyDown}>
        {endpoints.map((endpoint) => {
          const { name } = endpoint.connection;
          const { state, words, tone } = standingOf(endpoint, testing(name));
          return (
            <li key={name}>
              <a
                className="li"
                data-row
                data-copy={endpoint.connection.where}
                href={placeHref(place, 'connections', name) ?? undefined}
                aria-current={name === selected ? 'true' : undefined}
                style={{ gridTemplateColumns: '18px minmax(0,1fr) auto' }}
              >
                <StateIcon state={state} />
                <span style={{ minWidth: 0 }}>
                  <span className="vh">{stateWord[state]}: </span>
                  <span className="m">{name}</span> <span className="c12 t3">{roleOf(endpoint)}</span>
                  <span className="c12 t3 ell" style={{ display: 'block' }}>
                    {productOf(endpoint)}
                  </span>
                </span>
                <span className={`c12 ${tone}`}>{words}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
