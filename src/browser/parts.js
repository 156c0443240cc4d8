// Fetches the parts of the client that do not come with every page. The build puts it into the client's script.

/** @type {Map<string, Promise<unknown>>} */
const begun = new Map();

/** Does something once; what failed is done anew when it is asked for again.
 *  @template T
 *  @param {string} name
 *  @param {() => Promise<T>} work
 *  @returns {Promise<T>} */
function once(name, work) {
  let done = begun.get(name);
  if (done === undefined) {
    done = work();
    begun.set(name, done);
    done.catch(() => begun.delete(name));
  }
  return done;
}

/** @param {string} file a module beside this script, or its address */
function compile(file) {
  const { href } = new URL(file, import.meta.url);
  return once(href, () => WebAssembly.compileStreaming(fetch(href)));
}

/** Begins with what the page will load in a moment, while the client itself is on its way.
 *  @param {string[]} files */
export function prepare(files) {
  for (const file of files) compile(file);
}

/** What a part is made of: its module, the modules that it shares with others, and pieces so small that they travel inside
 *  its module, in sections of their names.
 *  @typedef {{ module: string, shared: string[], pieces: string[] }} Part */

/** What the client calls to have a part loaded: it is called back, by its place in the client's table of functions, with
 *  what it gave along and whether the part is there.
 *  @typedef {(callback: number, data: number) => Promise<void>} Loader */

/** @param {Record<string, Part>} parts by name; modules by their files' names
 *  @param {() => WebAssembly.Imports} imports what the client lends to its parts
 *  @returns {(name: string) => Loader} */
export function loaderOf(parts, imports) {
  const add = (name, content) => once(`add ${name}`, async () => void (await WebAssembly.instantiate(await content, imports())));
  const load = async (name) => {
    const { module: file, shared, pieces } = parts[name];
    const compiled = compile(file);
    const [module] = await Promise.all([compiled, ...shared.map((other) => add(other, compile(other)))]);
    await Promise.all(pieces.map((piece) => add(piece, WebAssembly.Module.customSections(module, piece)[0])));
    await add(file, module);
  };
  return (name) => async (callback, data) => {
    let isThere = true;
    try {
      await load(name);
    } catch (problem) {
      isThere = false;
      // A file that did not come is told by the browser, and to the person by the client.
      if (!(problem instanceof TypeError)) console.error(problem);
    }
    imports().__wasm_split.__indirect_function_table.get(callback)(data, isThere);
  };
}
