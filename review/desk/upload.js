// A file from the browser to the kernel, part by part, each when the one before has been taken; what becomes of it is told in words.

/** Asks the kernel beside what the card sends itself; gives the answer, or a refusal where none came in time. */
function askBeside(card, message, buffers = [], late = "No answer yet: run the cell again.") {
  const token = mint();
  return new Promise((settle) => {
    const end = (said, parts = []) => { clearTimeout(timer); card.model.off("msg:custom", heard); settle({ ...said, parts }); };
    const heard = (said, parts) => { if (said.token === token) end(said, parts); };
    const timer = setTimeout(() => end({ kind: "refused", message: late }), 1000 * card.model.get("lost_after"));
    card.model.on("msg:custom", heard);
    try {
      card.model.send({ ...message, token }, undefined, buffers);
    } catch (problem) { // the channel to the kernel is closed: the timer will say so
      console.debug("not sent", problem);
    }
  });
}

/** Brings *file* under the name *upload*, in parts of *size* bytes; *say* is told how far it is, *wanted* whether it is still wanted.
 *  Gives '' when it is there, else why it is not; null when it is wanted no more. */
async function bring(card, { file, upload }, size, say, wanted) {
  const parts = Math.ceil(file.size / size);
  for (let part = 0; part < parts; part += 1) {
    say(`${file.name}: ${part} of ${parts} parts are there, ${megabytes(file.size)} in all.`);
    let said;
    try {
      const bytes = await file.slice(part * size, (part + 1) * size).arrayBuffer();
      said = await askBeside(card, { kind: "part", upload, part }, [bytes], "No answer yet: choose the file again, or run the cell again.");
    } catch (problem) { // the file was moved or taken away after it was chosen
      said = { kind: "refused", message: `${file.name} cannot be read: choose it again.` };
      console.debug("not read", problem);
    }
    if (!wanted()) return null;
    if (said.kind === "refused") return said.message;
  }
  return "";
}

/** Why *file* is not brought at all; '' where it may be. */
function unfit(file, limit) {
  if (file.size > limit) return `${file.name} has ${megabytes(file.size)}; at most ${megabytes(limit)} are taken.`;
  return file.size === 0 ? `${file.name} is empty.` : "";
}
