import { type State, StateIcon, stateWord } from './state-icon.tsx';

/** A state as icon and word. */
export function StateLabel({ state, text }: { state: State; text?: string | undefined }) {
  return (
    <span className="st">
      <StateIcon state={state} />
      {text ?? stateWord[state]}
    </span>
  );
}
