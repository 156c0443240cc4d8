// Hands what a microphone hears to the page, in blocks of 40 ms. It runs beside the page, on the thread of sound, so that a
// page that is busy loses nothing. A file of its own, loaded when somebody records.

const BLOCKS_A_SECOND = 25;

class Listener extends AudioWorkletProcessor {
  #block = new Float32Array(Math.ceil(sampleRate / BLOCKS_A_SECOND));
  #filled = 0;

  /** @param {Float32Array[][]} inputs one, of one channel; of none until the microphone gives something */
  process([[heard]]) {
    for (let done = 0; heard && done < heard.length; ) {
      const count = Math.min(heard.length - done, this.#block.length - this.#filled);
      this.#block.set(heard.subarray(done, done + count), this.#filled);
      this.#filled += count;
      done += count;
      if (this.#filled === this.#block.length) {
        this.port.postMessage(this.#block.slice());
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("listener", Listener);
