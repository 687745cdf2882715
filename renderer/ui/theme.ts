import { createTheme, type MantineColorsTuple, type VariantColorsResolver } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e6f2f5',
  '#d2e6ec',
  '#a6ccd8',
  '#7ab4c5',
  '#58b3cb',
  '#3a90a9',
  '#1f7690',
  '#0f5e75',
  '#0b4c5f',
  '#073a49',
];

const clear = '1px solid transparent';

/** Five buttons and no more: primary (one a screen), secondary, quiet, danger (opens a question), dangerFill (consequence spelled out). */
const variantColorResolver: VariantColorsResolver = ({ variant }) => {
  switch (variant) {
    case 'primary':
      return {
        background: 'var(--accent-fill)',
        hover: 'var(--accent-fill-hover)',
        color: 'var(--accent-on)',
        border: clear,
      };
    case 'danger':
      return {
        background: 'var(--surface)',
        hover: 'var(--error-soft)',
        color: 'var(--error)',
        border: '1px solid var(--error-line)',
      };
    case 'dangerFill':
      return {
        background: 'var(--critical-fill)',
        hover: 'var(--critical-fill)',
        color: 'var(--critical-on)',
        border: clear,
      };
    case 'quiet':
      return { background: 'transparent', hover: 'var(--hover)', color: 'var(--text-2)', border: clear };
    default:
      return {
        background: 'var(--surface)',
        hover: 'var(--hover)',
        color: 'var(--text)',
        border: '1px solid var(--line-strong)',
      };
  }
};

export const theme = createTheme({
  primaryColor: 'petrol',
  colors: { petrol },
  primaryShade: { light: 7, dark: 4 },
  fontFamily: "'Inter Variable', 'Segoe UI', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, 'Cascadia Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '21px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.3' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  focusRing: 'auto',
  cursorType: 'pointer',
  variantColorResolver,
  components: {
    Button: {
      defaultProps: { size: 'sm', variant: 'secondary' },
      vars: () => ({ root: { '--button-height': '32px', '--button-padding-x': '12px', '--button-fz': '13px' } }),
    },
    ActionIcon: { defaultProps: { variant: 'quiet', size: 28 } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 0 } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { centered: true, radius: 'md', transitionProps: { duration: 0 } } },
    ModalRoot: { defaultProps: { transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 0 } } },
  },
});
