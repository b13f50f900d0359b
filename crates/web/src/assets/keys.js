// Keys of the desk: G x goes to a section, J/K walk the list, Enter opens, / searches, A acts, 1–9 choose, Ctrl+Enter sends, ? shows them all.
(() => {
  let pending = false, at = -1;
  const rows = () => [...document.querySelectorAll('[data-row]')];
  const typing = e => e.target.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]');
  const walk = step => {
    const list = rows();
    if (!list.length) return;
    at = Math.max(0, Math.min(list.length - 1, at + step));
    for (const row of list) row.toggleAttribute('data-cursor', row === list[at]);
    list[at].scrollIntoView({ block: 'nearest' });
    list[at].querySelector('a')?.focus({ preventScroll: true });
  };
  const go = letter => document.querySelector(`[data-go="${letter}" i]`)?.click();
  const act = n => {
    const radio = document.querySelector(n === undefined ? '.picker [data-pick]' : `.picker [data-pick="${n}"]`);
    if (!radio) return false;
    if (n !== undefined) radio.checked = true;
    radio.focus();
    radio.closest('.picker').scrollIntoView({ block: 'nearest' });
    return true;
  };
  addEventListener('keydown', e => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      const open = [...document.querySelectorAll('.act')].find(a => a.offsetParent);
      const form = e.target.form ?? open?.querySelector('form');
      if (form) { e.preventDefault(); form.requestSubmit() }
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e) || document.querySelector('dialog[open]')) return;
    const key = e.key.toLowerCase();
    if (pending) { pending = false; go(key); return }
    if (key === 'g') { pending = true; setTimeout(() => { pending = false }, 1200) }
    else if (key === 'j' || key === 'k') walk(key === 'j' ? 1 : -1);
    else if (key === 'x') rows()[at]?.querySelector('input[type=checkbox]')?.click();
    else if (key === '/') { const box = document.querySelector('[data-key="/"]'); if (box) { e.preventDefault(); box.focus() } }
    else if (key === 'a') act();
    else if (/^[1-9]$/.test(key)) act(key - 1);
    else if (key === '?') document.getElementById('keys-help')?.showModal();
    else if (key === 'escape') document.querySelector('.picker [data-pick="none"]')?.click();
  });
})();
