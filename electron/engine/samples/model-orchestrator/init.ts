import { dirname, join } from 'node:path';
import { figure } from '#shared/model/figures.ts';
import type { InitResult, SampleEnvironment, SampleRequest } from '../init-sample.ts';
import { seededRandom } from '../seeded-random.ts';
import { legacyConfig } from './legacy-config.ts';
import { safetensors } from './safetensors.ts';

const shards = 3;
const components = {
  t2v: ['text_encoder', 'vae'],
  i2v: ['image_encoder', 'vae'],
  ti2v: ['text_encoder', 'image_encoder', 'vae'],
} as const;

type File = { readonly path: string; readonly data: Uint8Array };

/** `app` with `config.json` and a folder for each model; `tasks` is the size of a model file in kB. */
export async function initModelOrchestrator(
  dir: string,
  { tasks, seed, dirty, signal, onProgress }: SampleRequest,
  env: SampleEnvironment,
): Promise<Pick<InitResult, 'facts' | 'ledger'>> {
  const { text, models } = legacyConfig(seed % 3);
  await env.fs.makeFolder(join(dir, 'app', 'models'), 0o755);
  await env.fs.writeDurable(join(dir, 'app', 'config.json'), text, 0o644);
  const random = seededRandom(seed);
  const total = Object.keys(models).length;
  let [files, bytes, done] = [0, 0, 0];
  const write = async ({ path, data }: File) => {
    signal?.throwIfAborted();
    await env.fs.makeFolder(dirname(path), 0o755);
    await env.fs.writeDurable(path, data, 0o644);
    files += 1;
    bytes += data.byteLength;
  };
  for (const kind of ['t2v', 'i2v', 'ti2v'] as const) {
    const folder = join(dir, 'app', 'models', models[kind]);
    for (const file of filesOf(kind, tasks * 1000, random)) {
      // Cut in its last kilobyte of tensors, as by a download that ended early.
      const isCut = dirty && kind === 'i2v' && file.path.includes('-00002-of-');
      await write({
        path: join(folder, file.path),
        data: isCut ? file.data.subarray(0, file.data.byteLength - 500) : file.data,
      });
    }
    done += 1;
    onProgress?.({ done, total });
  }
  if (dirty) {
    const data = safetensors(['lora.weight'], 4_000, random);
    await write({ path: join(dir, 'app', 'models', 'my-finetune', 'model.safetensors'), data });
  }
  const facts = [
    `app/config.json: age ${(seed % 3) + 1} of 3.`,
    `app/models: ${figure(files)} files, ${(bytes / 1e6).toFixed(1)} MB.`,
    ...(dirty ? [`One shard of ${models.i2v} is cut short; my-finetune is a model that no rule knows.`] : []),
  ];
  return { facts, ledger: null };
}

function* filesOf(kind: keyof typeof components, bytes: number, random: ReturnType<typeof seededRandom>) {
  const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  yield { path: 'config.json', data: json({ _class_name: 'WanPipeline', model_type: kind }) };
  const base = 'diffusion_pytorch_model';
  const map: Record<string, string> = {};
  for (let part = 1; part <= shards; part += 1) {
    const name = `${base}-${String(part).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.safetensors`;
    const tensors = [`blocks.${part}.attn.weight`, `blocks.${part}.ffn.weight`];
    for (const tensor of tensors) map[tensor] = name;
    yield { path: `unet/${name}`, data: safetensors(tensors, bytes, random) };
  }
  const index = { metadata: { total_size: shards * bytes }, weight_map: map };
  yield { path: `unet/${base}.safetensors.index.json`, data: json(index) };
  for (const component of components[kind]) {
    const name = component === 'vae' ? `${base}.safetensors` : 'model.safetensors';
    yield { path: `${component}/${name}`, data: safetensors([`${component}.weight`], bytes / 2, random) };
  }
}
