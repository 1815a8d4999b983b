/** Light or dark: the person's choice first, then the system's. */
export type Theme = 'light' | 'dark' | 'system';

export function chosenTheme(): Theme {
  const own = localStorage.getItem('celota.theme');
  return own === 'light' || own === 'dark' ? own : 'system';
}

export function paint(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem('celota.theme');
  else localStorage.setItem('celota.theme', theme);
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

/** Light, dark, as the system. */
export function nextTheme(theme: Theme): Theme {
  return theme === 'light' ? 'dark' : theme === 'dark' ? 'system' : 'light';
}
