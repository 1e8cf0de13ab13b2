// Reads AsyncAPI documents, a JSON list of texts, from standard input with the AsyncAPI project's parser, and writes
// for each what it found: its complaints, and the names of the channels, so that one that says nothing is noticed.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const verdicts = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  const { document, diagnostics } = await parser.parse(text);
  const complaints = diagnostics.map(({ severity, path, message }) => ({ severity, path: path.join("."), message }));
  verdicts.push({ complaints, channels: document ? document.channels().all().map((channel) => channel.id()) : [] });
}
process.stdout.write(JSON.stringify(verdicts));
