import { type SeededRandom, seededRandom } from '../seeded-random.ts';

type Flat = Record<string, string | number | boolean | Record<string, string | number>>;
export type SettingsFile = { readonly name: string; readonly text: string };

const environments = ['dev', 'staging', 'production', 'render', 'lecture'] as const;
const models = [
  'openai/gpt-4o',
  'anthropic/claude-3.5-sonnet',
  'google/gemini-1.5-pro',
  'llama-3-70b',
  'mixtral-8x7b',
] as const;

/** Forty flat files, JSON and YAML, as three ages of the framework wrote them; a dirty lot has three more that nobody can read. */
export function legacySettings(seed: number, dirty: boolean): readonly SettingsFile[] {
  const random = seededRandom(seed);
  const files = Array.from({ length: 40 }, (_, at): SettingsFile => {
    const base = `${environments[at % environments.length]}-${String(at + 1).padStart(2, '0')}`;
    const settings = flat(at % 3, random);
    if (at % 2 === 0)
      return { name: `${base}.json`, text: `${JSON.stringify(settings, null, at % 4 === 0 ? 2 : 4)}\n` };
    return { name: `${base}.${at % 4 === 1 ? 'yaml' : 'yml'}`, text: yaml(settings, base) };
  });
  return dirty ? [...files, ...broken] : files;
}

/** `age` 0: models as text; 1: with flags that are deprecated by now; 2: models are tables already. */
function flat(age: number, random: SeededRandom): Flat {
  const model = () => random.pick(models);
  const settings: Flat = {
    planner_model:
      age === 2 ? { provider: 'openrouter', model_name: `openrouter/${model()}`, temperature: 0.2 } : model(),
    code_model: model(),
    temperature: random.between(0, 10) / 10,
    max_tokens: random.pick([2000, 4000, 8000]),
    use_rag: random.chance(80),
    max_retries: random.between(1, 6),
    output_dir: random.pick(['output', 'data/output', 'renders']),
    enable_caching: random.chance(70),
    default_quality: random.pick(['low', 'medium', 'high']),
  };
  if (random.chance(60)) settings['helper_model'] = model();
  if (random.chance(50)) settings['chroma_db_path'] = 'data/rag/chroma_db';
  if (random.chance(40)) settings['chunk_size'] = random.pick([500, 1000, 2000]);
  if (random.chance(40)) settings['rag_quality_threshold'] = random.between(5, 9) / 10;
  if (age >= 1) {
    settings['max_topic_concurrency'] = random.between(1, 4);
    settings['max_scene_concurrency'] = random.between(2, 8);
    settings['use_visual_fix_code'] = random.chance(50);
  }
  if (age === 1) settings['enable_quality_monitoring'] = true;
  if (age === 2) settings['rag_performance_threshold'] = 0.8;
  if (random.chance(20)) settings['team_note'] = 'ask before changing';
  return settings;
}

function yaml(settings: Flat, name: string): string {
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    typeof value === 'object'
      ? [`${key}:`, ...Object.entries(value).map(([inner, one]) => `  ${inner}: ${String(one)}`)]
      : [`${key}: ${String(value)}`],
  );
  return `# Settings of ${name}\n${lines.join('\n')}\n`;
}

const broken: readonly SettingsFile[] = [
  { name: 'broken-cut.json', text: '{\n  "use_rag": true,\n  "max_retries": 3,\n' },
  { name: 'broken-twice.yaml', text: 'use_rag: true\nmax_retries: 3\nuse_rag: false\n' },
  { name: 'broken-empty.yml', text: '' },
];
