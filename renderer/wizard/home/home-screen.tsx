import { useRoute } from '../../app/route-context.tsx';
import { HomeProblems } from './home-problems.tsx';
import { HomeStart } from './home-start.tsx';

/** Which migration is it? The start, or the problems of a bundle that cannot be opened. */
export function HomeScreen() {
  const { variant, rest } = useRoute();
  const [path] = rest;
  if (variant === 'problems' && path) return <HomeProblems key={path} path={path} />;
  return <HomeStart openNow={variant === 'open'} />;
}
