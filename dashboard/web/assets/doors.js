// The plain pages work without this. With it, a password can be looked at before it is sent.
'use strict';
{
  const { show, hide } = document.currentScript.dataset;
  for (const input of document.querySelectorAll('input[type=password]')) {
    const place = document.createElement('div');
    const button = document.createElement('button');
    const label = document.querySelector(`label[for="${input.id}"]`).textContent;
    place.className = 'reveal';
    button.type = 'button';
    button.setAttribute('aria-controls', input.id);
    const say = () => {
      const isHidden = input.type === 'password';
      button.textContent = isHidden ? show : hide;
      button.setAttribute('aria-label', `${isHidden ? show : hide}: ${label}`);
    };
    button.addEventListener('click', () => {
      input.type = input.type === 'password' ? 'text' : 'password';
      say();
    });
    // What is shown goes hidden, so that browsers do not remember it as ordinary text.
    input.form.addEventListener('submit', () => { input.type = 'password'; });
    say();
    const had = document.activeElement === input;
    input.replaceWith(place);
    place.append(input, button);
    if (had) input.focus();
  }
}
