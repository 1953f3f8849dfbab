// Before the first paint, so that nobody who chose the dark sees a flash of the light.
try {
  const chosen = localStorage.getItem('caravan-theme');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
} catch {
  // storage is closed: as the system has it
}
