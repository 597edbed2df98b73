// Stands in for @pekopay/web in tests and demos: the calls of PekoPay's guide, card fields in a frame of PekoPay's own
// origin. The page sees neither the card nor the frame's inside; it gets the session token back when the card is taken.

const ORIGIN = new URL(import.meta.url).origin;
const LOAD_LIMIT_MS = 10_000;

export const PekoCheckoutForm = {
  initialize: (options) => new CheckoutForm(options),
};

class CheckoutForm {
  #options;
  #token;
  #frame;
  #fields;
  #running;

  constructor(options) {
    this.#options = options;
    this.#token = options.sessionToken;
  }

  mount() {
    const { container, width = '100%', height = '230px' } = this.#options;
    this.#frame = document.createElement('iframe');
    this.#frame.title = 'Card details';
    this.#frame.src = `${ORIGIN}/fields`;
    this.#frame.style.cssText = `display:block;border:0;width:${width};height:${height}`;
    this.#fields = new Promise((found) => {
      const greeted = (event) => {
        if (event.source !== this.#frame.contentWindow || event.origin !== ORIGIN) return;
        if (event.data?.pekopay !== 'ready') return;
        window.removeEventListener('message', greeted);
        clearTimeout(limit);
        found(this.#connect());
      };
      const limit = setTimeout(() => {
        window.removeEventListener('message', greeted);
        this.#options.onLoadError?.(new Error('The card fields could not be loaded'));
      }, LOAD_LIMIT_MS);
      window.addEventListener('message', greeted);
    });
    container.replaceChildren(this.#frame);
  }

  /** Takes the card to PekoPay; a second call while one is running is the same call. */
  submitFormFields() {
    this.#running ??= this.#submit().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #submit() {
    const ask = await this.#fields;
    let result = await ask(this.#token);
    if (result.renew && this.#options.sessionTokenProvider) {
      this.#token = await this.#options.sessionTokenProvider();
      result = await ask(this.#token);
    }
    if (result.ok) await this.#options.completeTransaction({ sessionToken: this.#token });
    return result.ok;
  }

  /** A private line into the frame, and the function that sends a token over it and returns what became of it. */
  #connect() {
    const { port1, port2 } = new MessageChannel();
    const waiting = new Map();
    let last = 0;
    port1.onmessage = ({ data }) => {
      if (data.type === 'state') this.#options.onFormFieldStateChange?.(data.state);
      if (data.type === 'result') waiting.get(data.id)?.(data);
    };
    this.#frame.contentWindow.postMessage({ pekopay: 'line' }, ORIGIN, [port2]);
    return (sessionToken) =>
      new Promise((answered) => {
        waiting.set(++last, answered);
        port1.postMessage({ type: 'submit', id: last, sessionToken });
      });
  }
}
