import { Button } from '@mantine/core';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Note } from '../ui/note.tsx';
import { Screen } from '../ui/screen.tsx';

type Props = { children: ReactNode; resetKey?: string | undefined };
type State = { error: Error | null; resetKey: string | undefined };

/** A fault in the window is not a fault in the run: it says so, and the window can be drawn again. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: Error): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.resetKey ? null : { error: null, resetKey: props.resetKey };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Screen question="What happened to this screen?" title="This screen met an error and cannot be drawn">
        <Note
          severity="error"
          title="The window is at fault, the engine is not touched by it"
          actions={<Button onClick={() => this.setState({ error: null })}>Draw it again</Button>}
        >
          Work that runs goes on. If it happens again, the message below belongs in a report to the maintainers.
          <pre className="code" style={{ marginTop: 8, maxHeight: 160 }} tabIndex={0}>
            {error.message}
          </pre>
        </Note>
      </Screen>
    );
  }
}
