// Shows similar matters while one types: the same form, asked again after a pause. Without it a button does the same.
(() => {
  const box = document.querySelector('[data-similar]'), form = box?.closest('form');
  if (!form) return;
  let timer, round = 0;
  const look = async () => {
    const mine = ++round, sent = new FormData(form);
    sent.set('do', 'similar');
    for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
    try {
      const answer = await fetch(form.action, { method: 'POST', body: sent });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html'), fresh = page.querySelector('[data-similar]');
      if (answer.ok && fresh && mine === round) document.querySelector('[data-similar]').replaceWith(fresh);
    } catch { /* no network: the button remains */ }
  };
  form.addEventListener('input', event => {
    if (!event.target.matches('textarea, input[type=text], select')) return;
    clearTimeout(timer);
    timer = setTimeout(look, 900);
  });
})();
