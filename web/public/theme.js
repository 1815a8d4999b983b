// Before the first paint, so that a dark screen never flashes white.
(() => {
  const own = localStorage.getItem('celota.theme');
  const dark = own === 'dark' || (own !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
