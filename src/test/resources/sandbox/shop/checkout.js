// A checkout page that takes every answer of the gateway as it is meant. Copy it.
//
//   GET  /api/payment-token/refresh   a payment token for this checkout
//   POST /api/checkout/charge         the charge; the same bytes again give the same answer and charge nothing more
//
// Two rules carry it. While an answer is outstanding the only thing to do is to send the same bytes again. And only an
// answer that says so means that nothing was charged: anything unforeseen counts as "money may have moved".
//
// What a page sends, its shopper can change. Where an amount must hold, let the shop's own server charge
// (`browser-charge: off`), or send what PekoPay prices by itself: a product, a plan.

import { PekoCheckoutForm } from '{{sdk}}';

const page = document.getElementById('checkout');
const payButton = document.getElementById('pay-button');
const { order, intent, amount } = page.dataset;

// Where the flow cookie would not be kept, one random value ties the token to its charge.
const flow = keepsCookies() ? {} : { 'X-Checkout-Flow': randomText() };

let form;

// ---- The form: the guide's example --------------------------------------------------------------------------------

async function openForm(message = '', state = 'ready') {
  show('loading', message);
  try {
    const sessionToken = await newToken();
    if (known()) return takeUp(); // meanwhile another tab has paid, or is about to
    form = PekoCheckoutForm.initialize({
      sessionToken,
      environment: 'sandbox',
      container: document.getElementById('credit-card-form-container'),
      height: '204px',
      completeTransaction: async (data) => {
        const body = JSON.stringify({ paymentToken: data.sessionToken, intent, reference: order, amount, currency: 'EUR' });
        await (known() ? goOn() : charge({ body, flow }));
      },
      sessionTokenProvider: newToken,
      onLoadError: notOpen,
    });
    form.mount();
    show(state, message);
    if (message) document.getElementById('pay-title').focus(); // the next key press leads into the new fields
  } catch {
    notOpen();
  }
}

payButton.addEventListener('click', pay);

// A click while one is running is the same click.
let running;
function pay() {
  if (payButton.getAttribute('aria-disabled') === 'true') return;
  show('busy', PAYING);
  running ??= alone(submit).finally(() => (running = undefined));
}

async function submit() {
  if (known()) return goOn(); // another tab was faster
  try {
    await form.submitFormFields();
  } catch {
    if (known()) return showKnown() || stillOpen();
    return show('waiting', 'The card form could not be renewed. Nothing was charged. Please try again in a minute.');
  }
  if (page.dataset.state === 'busy' && !known()) show('ready'); // no charge came of it: the fields say what is missing
}

/** One tab at a time: the tabs of a browser share the flow cookie, and may hold the same token. */
async function alone(work) {
  let begun = false;
  const begin = () => {
    begun = true;
    return work();
  };
  try {
    return await navigator.locks.request('checkout', begin);
  } catch (failure) {
    if (begun) throw failure;
    return work(); // no locks where storage is blocked: the tabs cannot know of each other
  }
}

// ---- The two calls ------------------------------------------------------------------------------------------------

async function newToken() {
  for (let turn = 0; turn < 5; turn++) {
    const answer = await ask('/api/payment-token/refresh', { headers: flow });
    if (answer.ok) return answer.json.token;
    const worthWaiting = answer.lost || answer.status === 429 || answer.status === 503;
    if (!worthWaiting || answer.retryAfter > 60) break;
    say(`Card payments are busy. Nothing has been charged; we go on in ${seconds(waitFor(answer, turn))}.`);
    await pause(waitFor(answer, turn));
  }
  throw new Error('no token');
}

/** Sends the same bytes, in the same flow, until there is an answer that settles it. */
async function charge({ body, flow }, unsure = false) {
  keep({ state: 'sent', body, flow });
  for (let turn = 0; turn < 8; turn++) {
    say(unsure ? ASKING : PAYING);
    const answer = await ask('/api/checkout/charge', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...flow },
      body,
    });
    const meaning = meaningOf(answer, unsure);
    if (SETTLED[meaning]) return SETTLED[meaning](answer);
    if (meaning === 'later' && (answer.retryAfter > 30 || turn === 3)) return nothingCharged(answer);
    unsure ||= meaning === 'again';
    say(unsure ? ASKING : `Card payments are busy. Nothing was charged; we try again in ${seconds(waitFor(answer, turn))}.`);
    await pause(waitFor(answer, turn));
  }
  stillOpen();
}

/** The answer, or `{ lost: true }` where there was none: then nobody here knows whether the request arrived. */
async function ask(url, init) {
  try {
    const res = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(45_000) });
    // Every answer of the gateway has this. What has none comes from something in between: a proxy, a log-in page.
    if (!res.headers.has('X-Request-Id')) return { lost: true };
    const text = await res.text();
    const json = parsed(text);
    return {
      ok: res.ok,
      status: res.status,
      json,
      problem: /^urn:pekopay-edge:problem:(.+)$/.exec(json?.type)?.[1],
      retryAfter: Number(res.headers.get('Retry-After')) || undefined,
    };
  } catch {
    return { lost: true };
  }
}

// ---- What an answer means -----------------------------------------------------------------------------------------

/** @param unsure an earlier sending of the same bytes got no answer, so what became of it is still open */
function meaningOf(answer, unsure) {
  if (answer.lost || answer.problem === 'charge-in-progress') return 'again';
  if (answer.ok) return 'paid';
  if (!answer.problem && answer.status < 500) return 'declined'; // PekoPay's own word
  switch (answer.problem) {
    case 'rate-limited':
    case 'request-timeout':
    case 'upstream-unreachable':
    case 'ledger-unavailable':
    case 'overloaded':
      return unsure ? 'again' : 'later';
    case 'credentials-refused':
      return unsure ? 'checking' : 'closed';
    case 'token-unknown':
    case 'token-not-yours':
      return unsure ? 'checking' : 'stale';
    case 'token-spent':
      return unsure ? 'checking' : 'used';
    case 'charge-invalid':
    case 'card-data-refused':
    case 'origin-refused':
    case 'malformed-request':
    case 'tenant-conflict':
    case 'tenant-unknown':
    case 'not-found':
    case 'method-not-allowed':
    case 'body-too-large':
    case 'unsupported-media-type':
      return unsure ? 'checking' : 'closed';
    default: // charge-outcome-unknown, upstream-error, and whatever we do not know
      return 'checking';
  }
}

const PAYING = 'Paying. Please keep this page open.';
const ASKING = 'We are asking what became of your payment; you will not be charged twice.';

const SETTLED = {
  paid: (answer) => {
    keep({ state: 'paid', receipt: answer.json?.id ?? '' });
    showKnown();
  },
  declined: (answer) => {
    forget();
    const why = answer.status === 402 ? 'Your card was declined.' : 'The payment was not accepted.';
    // The token is used up. A new form has a new one for certain; an old form might offer the used one again, and the
    // gateway would repeat the decline without asking PekoPay about the other card.
    return openForm(`${why} Nothing was charged. Please use another card.`, 'declined');
  },
  checking: () => {
    keep({ state: 'checking' });
    showKnown();
  },
  stale: () => {
    forget();
    return openForm('This page was open for a long time, so the card form is new. Nothing was charged. Please enter your card again.');
  },
  used: () => {
    forget();
    return openForm('This card form had been used before, and we did not charge it again. If you have no confirmation of a payment, please enter your card again.');
  },
  closed: () => {
    forget();
    const text = 'Nothing was charged. Please come back a little later.';
    result('closed', 'Card payments are closed at the moment', text, 'Load the page again', reload);
  },
};

function nothingCharged(answer) {
  forget();
  const wait = answer.retryAfter ?? 30;
  const why = answer.status === 429 ? 'No more payments can be taken from here for now.' : 'Card payments are busy.';
  show('waiting', `${why} Nothing was charged. Please try again in ${seconds(wait)}.`, false);
  setTimeout(() => page.dataset.state === 'waiting' && show('ready', 'You can pay now.'), wait * 1000);
}

function stillOpen() {
  result(
    'unreachable',
    'We cannot reach the payment service',
    'Your payment may have gone through. Please do not pay a second time: ask again here, or wait for our e-mail.',
    'Ask again',
    takeUp,
  );
}

function notOpen() {
  if (known()) return takeUp();
  const text = 'Nothing has been charged. Please check your connection.';
  result('closed', 'The card form is not available', text, 'Load the page again', reload);
}

// ---- What this browser knows of the order, in every tab and after a reload ------------------------------------------

const KEY = `checkout ${order}`;
let unstored = null; // where storage is blocked, at least this page remembers

function known() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? unstored;
  } catch {
    return unstored;
  }
}

function keep(what) {
  unstored = what;
  try {
    localStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // Blocked storage costs the memory across reloads; the gateway still charges once.
  }
}

function forget() {
  unstored = null;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

/** Goes on where this page, or another tab, left off: with the question that is still open, the answer, or the form. */
async function takeUp() {
  if (known()?.state === 'sent') {
    result('resuming', 'One moment', ASKING);
    await alone(goOn);
  } else if (!showKnown()) {
    await openForm();
  }
}

/** The same, for whoever is alone already. */
async function goOn() {
  const now = known();
  if (now?.state === 'sent') return charge(now, true);
  return showKnown() || openForm();
}

/** Shows what is already settled; false where the shopper may pay. */
function showKnown() {
  const now = known();
  if (now?.state === 'paid') {
    const text = intent === 'subscription' ? 'Your subscription has begun. A confirmation is on its way.' : 'Your order is paid. A confirmation is on its way.';
    result('paid', 'Thank you', text, 'Place another order', () => location.assign('/?order=new'), now.receipt);
  } else if (now?.state === 'checking') {
    result(
      'checking',
      'We are checking your payment',
      'The bank’s answer did not reach us, so your payment may have gone through. Please do not pay again: we look into it and write to you today.',
    );
  }
  return now?.state === 'paid' || now?.state === 'checking';
}

window.addEventListener('storage', (event) => event.key === KEY && !running && showKnown());
// The back button may bring this page back as it was left, with a form that has been used since.
window.addEventListener('pageshow', (event) => event.persisted && reload());

// ---- What the page shows ------------------------------------------------------------------------------------------

function show(state, message = '', payable = ['ready', 'declined', 'waiting'].includes(state)) {
  page.dataset.state = state;
  document.getElementById('pay').hidden = false;
  document.getElementById('result').hidden = true;
  payButton.setAttribute('aria-disabled', String(!payable));
  say(message);
}

function say(message) {
  document.getElementById('message').textContent = message;
  if (page.dataset.state === 'resuming') document.getElementById('result-text').textContent = message;
}

function result(state, title, text, action, onAction, reference = '') {
  page.dataset.state = state;
  document.getElementById('pay').hidden = true;
  document.getElementById('result').hidden = false;
  document.getElementById('result-text').textContent = text;
  document.getElementById('result-reference').textContent = [`Order ${order}`, reference].filter(Boolean).join(' · ');
  const button = document.getElementById('result-action');
  button.hidden = !action;
  button.textContent = action ?? '';
  button.onclick = onAction;
  const heading = document.getElementById('result-title');
  heading.textContent = title;
  heading.focus();
}

/** Tried with a cookie like the gateway's, because `navigator.cookieEnabled` says yes in browsers that then keep none. */
function keepsCookies() {
  try {
    document.cookie = 'probe=1; Secure; SameSite=Lax';
    const kept = document.cookie.includes('probe=1');
    document.cookie = 'probe=; Max-Age=0; Secure; SameSite=Lax';
    return kept;
  } catch {
    return false;
  }
}

function randomText() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
const reload = () => location.reload();
const waitFor = (answer, turn) => answer.retryAfter ?? Math.min(2 ** turn, 15);
const seconds = (count) => (count < 90 ? `${count} second${count === 1 ? '' : 's'}` : `${Math.ceil(count / 60)} minutes`);
/** Ends early when the network comes back. */
const pause = (count) =>
  new Promise((over) => {
    const done = () => over(window.removeEventListener('online', done));
    window.addEventListener('online', done);
    setTimeout(done, count * 1000);
  });

takeUp();
