import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { Contract } from './index.ts';

type Inputs = InferContractRouterInputs<Contract>;
type Outputs = InferContractRouterOutputs<Contract>;

/** How far a call may go on: aborted when the caller is gone. */
export type CallContext = { readonly signal?: AbortSignal };

/**
 * What the engine offers, one method a procedure, with no transport in it: hosts call it over RPC, the command line directly.
 * Expected failures are thrown as OverlandError with a code of the contract.
 */
export type Services = {
  readonly [G in keyof Contract]: {
    readonly [P in keyof Contract[G]]: P extends keyof Inputs[G]
      ? P extends keyof Outputs[G]
        ? (input: Inputs[G][P], context: CallContext) => Promise<Outputs[G][P]>
        : never
      : never;
  };
};
