// Copies a number or code, and prints. Both appear only where they work.
(() => {
  const zh = document.documentElement.lang.startsWith('zh');
  if (navigator.clipboard) for (const code of document.querySelectorAll('[data-copy]')) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link copy', textContent: zh ? '复制' : 'Copy' });
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent.replaceAll(' ', ''));
      button.textContent = zh ? '已复制' : 'Copied';
    });
    code.after(button);
  }
  for (const button of document.querySelectorAll('[data-print]')) { button.hidden = false; button.addEventListener('click', () => print()) }
})();
