// Keeps what is typed in forms marked data-draft on this device until the form is sent. Never keeps passwords or files.
(() => {
  const old = 14 * 864e5;
  const read = key => { try { return JSON.parse(localStorage.getItem(key)) } catch { return null } };
  const write = (key, value) => { try { value ? localStorage.setItem(key, JSON.stringify(value)) : localStorage.removeItem(key) } catch { /* full or forbidden: the form still works */ } };
  try { for (const key of Object.keys(localStorage)) if (key.startsWith('draft:') && Date.now() - (read(key)?.at ?? 0) > old) localStorage.removeItem(key) } catch { return }
  for (const form of document.querySelectorAll('form[data-draft]')) {
    const key = 'draft:' + form.dataset.draft;
    const fields = () => [...form.elements].filter(e => e.name && !['hidden', 'password', 'file', 'submit'].includes(e.type));
    const kept = read(key);
    // The server's values (kept after an error) win; a draft fills only what is still empty.
    if (kept) for (const e of fields()) {
      const value = kept.values[e.name];
      if (value === undefined) continue;
      if (e.type === 'radio' || e.type === 'checkbox') { if (!fields().some(o => o.name === e.name && o.defaultChecked)) e.checked = value.includes(e.value) }
      else if (!e.value) e.value = value[0];
    }
    let timer;
    const save = () => {
      const values = {};
      for (const e of fields()) if (!['radio', 'checkbox'].includes(e.type) ? e.value : e.checked) (values[e.name] ??= []).push(e.value);
      write(key, Object.keys(values).length ? { at: Date.now(), values } : null);
      const note = form.querySelector('[data-draft-state]');
      if (note) { const d = new Date(); note.hidden = false; note.querySelector('time').textContent = `${d.getHours()}:${String(d.getMinutes()).padStart(2, '0')}` }
    };
    form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(save, 400) });
    addEventListener('pagehide', () => { if (timer) save() });
    form.addEventListener('submit', () => { clearTimeout(timer); timer = 0; save() });
  }
  // The page that answers a sent form names the drafts that are no longer needed: <meta name="draft-sent" content="key">.
  for (const meta of document.querySelectorAll('meta[name="draft-sent"]')) write('draft:' + meta.content, null);
})();
