/** Names of the three models as an installation of this age spells them. */
export type LegacyModels = { readonly t2v: string; readonly i2v: string; readonly ti2v: string };

const spellings: readonly LegacyModels[] = [
  { t2v: 't2v-A14B', i2v: 'i2v-A14B', ti2v: 'ti2v-5B' },
  { t2v: 'Wan2.2-T2V-A14B', i2v: 'Wan2.2-I2V-A14B', ti2v: 'Wan2.2-TI2V-5B' },
  { t2v: 't2v-A14B', i2v: 'i2v-A14B', ti2v: 'ti2v-5b' },
];

/** `config.json` in one of three ages: with few objects, with long names of models, or with all that the last releases wrote. */
export function legacyConfig(age: number): { readonly text: string; readonly models: LegacyModels } {
  const models = spellings[age] as LegacyModels;
  const config = {
    ...(age === 0 ? {} : { system: { default_quantization: 'fp16', enable_offload: true, vae_tile_size: 256 } }),
    directories: { output_directory: 'outputs', models_directory: 'models', loras_directory: 'loras' },
    models: { t2v_model: models.t2v, i2v_model: models.i2v, ti2v_model: models.ti2v },
    ...(age === 0
      ? {}
      : {
          optimization: {
            default_quantization: 'bf16',
            max_vram_usage_gb: age === 1 ? 12 : 24,
            enable_offload: true,
            quantization_levels: ['fp16', 'bf16', 'int8'],
            vae_tile_size_range: [128, 512],
          },
        }),
    ...(age === 2
      ? {
          generation: { default_resolution: '1280x720', default_steps: 50 },
          ui: { theme: 'dark', stats_refresh_interval: 5 },
          performance: { stats: true },
          prompt_enhancement: { max_prompt_length: 500 },
        }
      : {}),
  };
  return { text: `${JSON.stringify(config, null, 2)}\n`, models };
}
