import '@xyflow/react/dist/style.css';
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { useMemo } from 'react';
import type { PlanView } from '#shared/contract/plan.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { kindIcons } from '../../ui/kind-icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { longestPath, placeSteps } from './plan-layout.ts';
import { amountWords } from './plan-steps.tsx';

type Step = PlanView['steps'][number];
type StepNode = Node<{ step: Step }, 'step'>;

const columnWidth = 205;
const rowHeight = 92;
const nodeTypes = { step: StepBox };

/** Steps by depth of need, read from left to right. It cannot be changed here; the table says the same in words. */
export function PlanGraph({ steps }: { steps: readonly Step[] }) {
  const format = useFormat();
  const { nodes, edges } = useMemo(() => toGraph(steps), [steps]);
  const measured = steps.every((step) => step.estimate !== null);
  const path = longestPath(steps.map((step) => ({ ...step, seconds: step.estimate?.likely ?? 0 })));
  const longest = measured ? ` The longest path is ${path.ords.join(', ')}: ${format.duration(path.seconds)}.` : '';
  return (
    <Panel
      padded={false}
      label="Graph of the steps"
      style={{ flex: 1, minHeight: 340 }}
      foot={`Arrows mean "needs". Steps without a path between them may run at the same time.${longest}`}
    >
      <div style={{ flex: 1, minHeight: 300 }}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          fitView
          fitViewOptions={{ padding: 0.04, maxZoom: 1.02 }}
          minZoom={0.3}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={18} size={1} color="var(--line)" />
          <Controls showInteractive={false} position="bottom-left" orientation="horizontal" />
        </ReactFlow>
      </div>
    </Panel>
  );
}

function toGraph(steps: readonly Step[]): { nodes: StepNode[]; edges: Edge[] } {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const nodes = placeSteps(steps).flatMap(({ id, column, row }): StepNode[] => {
    const step = byId.get(id);
    if (!step) return [];
    const position = { x: column * columnWidth, y: row * rowHeight };
    return [{ id, type: 'step', position, data: { step }, ariaLabel: `Step ${step.ord}, ${id}` }];
  });
  const edges = steps.flatMap((step) =>
    step.needs.map((need) => ({
      id: `${need} ${step.id}`,
      source: need,
      target: step.id,
      ariaLabel: `${step.id} needs ${need}`,
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' },
    })),
  );
  return { nodes, edges };
}

function StepBox({ data }: NodeProps<StepNode>) {
  const format = useFormat();
  const { step } = data;
  const Icon = kindIcons[step.kind];
  const time = step.estimate ? format.duration(step.estimate.likely) : 'not measured';
  return (
    <div className={`node ${step.undo === 'none' ? 'irrev' : ''}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} style={{ opacity: 0 }} />
      <div className="nn">
        <Icon size={15} stroke={1.75} aria-hidden />
        <span className="ell">
          {step.ord}. {step.id}
        </span>
      </div>
      <div className="t2">{amountWords(step, format)}</div>
      <div className="t3">
        {time}
        {step.undo === 'none' ? <span className="err m">, not undone</span> : null}
        {step.undo !== 'none' && step.findings > 0 ? `, ${format.count(step.findings, 'finding')}` : null}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} style={{ opacity: 0 }} />
    </div>
  );
}
