import { type Finding, isError } from '#shared/model/finding.ts';
import { parseKey } from '../profile/key-path.ts';
import { profileName } from '../profile/load-profile.ts';
import type { BundleFiles } from '../profile/profile.ts';
import { parseToml } from '../profile/toml-source.ts';

/** Findings that a key of the profile is to blame for, each with the line where that key stands: `profile.toml:12, steps.x.where`. */
export function atProfile(findings: readonly Finding[], files: BundleFiles): Finding[] {
  const toml = parseToml(files.text(profileName) ?? '', profileName);
  if ('problem' in toml) return [...findings];
  return findings.map((finding) => {
    const key = isError(finding) && finding.rule !== null && finding.path !== null ? parseKey(finding.rule) : null;
    const line = key?.[0] === 'steps' ? toml.at.at(key)?.line : undefined;
    return line === undefined ? finding : { ...finding, path: `${profileName}:${line}, ${finding.rule}` };
  });
}
