// Files to attach, made on the spot.
import zlib from "node:zlib";
import type { Page } from "@playwright/test";

export interface Attachable {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(8 + body.length);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(zlib.crc32(body), 4 + body.length);
  return whole;
}

/** A real PNG of a size: its left half red, its right half blue, so that one sees how it is turned. */
export function png(name: string, width: number, height: number): Attachable {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + width * 3);
  for (let x = 0; x < width; x += 1) row[1 + x * 3 + (x < width / 2 ? 0 : 2)] = 200;
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", zlib.deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, mimeType: "image/png", buffer };
}

/** A file of text. */
export function text(name: string, content: string): Attachable {
  return { name, mimeType: "text/plain", buffer: Buffer.from(content) };
}

/** What a photo of a phone that keeps HEIC begins with. */
export function heic(name: string): Attachable {
  const brand = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic", "latin1")]);
  return { name, mimeType: "image/heic", buffer: Buffer.concat([brand, Buffer.alloc(2_000)]) };
}

/** Gives files to the page as a drop or a paste does. */
export async function hand(page: Page, how: "drop" | "paste", files: Attachable[]): Promise<void> {
  const contents = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  await page.evaluate(
    ({ how, contents }) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of contents) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      const target = document.querySelector("textarea") ?? document.body;
      const event =
        how === "drop"
          ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      target.dispatchEvent(event);
    },
    { how, contents },
  );
}

/** What is called a picture and is an archive of nothing. */
export function zip(name: string): Attachable {
  return { name, mimeType: "image/png", buffer: Buffer.concat([Buffer.from("PK\x05\x06", "latin1"), Buffer.alloc(18)]) };
}

/** A PNG of some bytes that says it has so many pixels. */
export function bomb(name: string, width: number, height: number): Attachable {
  const small = png(name, 1, 1);
  const header = small.buffer.subarray(16, 29);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const start = small.buffer.subarray(0, 8);
  const rest = small.buffer.subarray(33);
  return { ...small, buffer: Buffer.concat([start, chunk("IHDR", Buffer.from(header)), rest]) };
}

/** A photo whose end is missing. */
export function cut(name: string): Attachable {
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0]);
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34]);
  return { name, mimeType: "image/jpeg", buffer: Buffer.concat([start, frame, scan]) };
}

/** A PDF that asks for a password before it shows anything. */
export function lockedPdf(name: string): Attachable {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[]/Count 0>>",
    `<</Filter/Standard/V 2/R 3/Length 128/P -4/O<${"28".repeat(32)}>/U<${"4e".repeat(32)}>>>`,
  ];
  let body = "%PDF-1.5\n";
  const places = objects.map((object, index) => {
    const place = body.length;
    body += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  const id = `<${"30".repeat(16)}>`;
  const trailer = `trailer<</Size ${objects.length + 1}/Root 1 0 R/Encrypt 3 0 R/ID[${id}${id}]>>`;
  return {
    name,
    mimeType: "application/pdf",
    buffer: Buffer.from(`${body}${table}${trailer}\nstartxref\n${body.length}\n%%EOF\n`, "latin1"),
  };
}
