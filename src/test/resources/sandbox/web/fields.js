// The inside of the frame: the card goes from here to PekoPay and nowhere else.

const inputs = ['number', 'expiry', 'cvc'].map((id) => document.getElementById(id));
const [number, expiry, cvc] = inputs;
const formError = document.getElementById('form-error');

const complaints = {
  number: (text) => {
    const digits = text.replaceAll(' ', '');
    return digits.length >= 12 && luhn(digits) ? '' : 'Check the card number';
  },
  expiry: (text) => {
    const [, month, year] = /^(0[1-9]|1[0-2])\/(\d\d)$/.exec(text) ?? [];
    return month && new Date(2000 + Number(year), Number(month)) > new Date() ? '' : 'Check the expiry date';
  },
  cvc: (text) => (/^\d{3,4}$/.test(text) ? '' : 'Check the security code'),
};

function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const shapes = {
  number: (text) => digitsOf(text).slice(0, 19).replace(/(.{4})(?=.)/g, '$1 '),
  expiry: (text) => digitsOf(text).slice(0, 4).replace(/^(..)(?=.)/, '$1/'),
  cvc: digitsOf,
};

function digitsOf(text) {
  return text.replace(/\D/g, '');
}

for (const input of inputs) {
  const shape = () => (input.value = shapes[input.id](input.value));
  input.addEventListener('input', shape);
  shape(); // what was typed or filled in before this script was here
}

let line;
window.addEventListener('message', (event) => {
  if (event.source !== window.parent || event.data?.pekopay !== 'line' || line) return;
  [line] = event.ports;
  line.onmessage = async ({ data }) => {
    if (data.type === 'submit') line.postMessage({ type: 'result', id: data.id, ...(await submit(data.sessionToken)) });
  };
  tellState();
});

for (const input of inputs) {
  input.addEventListener('input', tellState);
  input.addEventListener('focus', tellState);
  input.addEventListener('blur', () => {
    if (input.value) complain(input);
    tellState();
  });
}

document.getElementById('fields').addEventListener('submit', (event) => event.preventDefault());
window.parent.postMessage({ pekopay: 'ready' }, '*');

function tellState() {
  const invalid = inputs.filter((input) => complaints[input.id](input.value));
  line?.postMessage({
    type: 'state',
    state: {
      complete: invalid.length === 0,
      focused: inputs.find((input) => input === document.activeElement)?.id ?? null,
      invalid: invalid.map((input) => input.id),
    },
  });
}

function complain(input) {
  const complaint = complaints[input.id](input.value);
  document.getElementById(`${input.id}-error`).textContent = complaint;
  input.setAttribute('aria-invalid', String(complaint !== ''));
  return complaint;
}

async function submit(sessionToken) {
  formError.textContent = '';
  const wrong = inputs.filter((input) => complain(input));
  if (wrong.length > 0) {
    wrong[0].focus();
    return { ok: false };
  }
  let answer;
  try {
    answer = await fetch('/fields/tokenize', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sessionToken, number: number.value, expiry: expiry.value, cvc: cvc.value }),
    });
  } catch {
    formError.textContent = 'The card could not be checked. Nothing was charged. Please try once more.';
    return { ok: false };
  }
  // Spent, expired or never known: the card stays here, the page is asked for another token.
  return { ok: answer.ok, renew: !answer.ok };
}
