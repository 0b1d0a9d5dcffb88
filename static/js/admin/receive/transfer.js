/* One file on its way, as the line sees it: tus-js-client, asked to never give up a file that the
   server still has. */

import "../../../vendor/tus-js-client/tus.min.mjs";

const PART_BYTES = 32 * 1024 * 1024;
const PAUSES_MS = [0, 500, 1000, 2000, 4000, 8000, 15000, 15000, 30000, 30000, 60000, 60000];
const MAY_PASS = [409, 423];
const IS_GONE = [404, 410];
const FULL = 507;
const SENTENCES = {
  401: "You were signed out: sign in in another tab, then go on here.",
  403: "The server refused this page: load it again, and choose the file again.",
};
const NO_LINE = "The line is dead. What came until now is kept: go on when it is back.";

/* ``told`` is {endpoint, url, fingerprint, facts}; ``tells`` is {moved(sent, word), over(id),
   failed(sentence, {isFinal})}. */
export function makeTransfer(file, { endpoint, url, fingerprint, facts }, tells) {
  let refused = null;
  let sentBefore = 0;
  const upload = new window.tus.Upload(file, {
    endpoint,
    uploadUrl: url || null,
    chunkSize: PART_BYTES,
    retryDelays: PAUSES_MS,
    // Nothing of a source stays in the browser.
    storeFingerprintForResuming: false,
    metadata: { ...facts, filename: file.name, fingerprint },
    onUploadUrlAvailable: () => (upload.options.uploadUrl = upload.url),
    onBeforeRequest,
    onAfterResponse,
    onShouldRetry,
    onProgress: (sent) => tells.moved((sentBefore = sent), ""),
    onSuccess: () => tells.over(idOf(upload.url)),
    onError: (error) => {
      console.info(`An upload stopped: ${error.message}`);
      tells.failed(refused?.sentence ?? NO_LINE, { isFinal: refused?.isFinal ?? false });
    },
  });

  /* After a HEAD that was not answered well, the client would begin anew: only where the server has
     nothing any more is that right. */
  function onBeforeRequest(request) {
    request.setHeader("X-CSRFToken", token());
    if (request.getMethod() === "POST" && upload.options.uploadUrl) {
      throw new Error("the server still has this file: ask again");
    }
  }

  function onAfterResponse(request, response) {
    const status = response.getStatus();
    refused = null;
    if (request.getMethod() === "HEAD" && IS_GONE.includes(status)) upload.options.uploadUrl = null;
    else if ((status >= 400 && status < 500 && !MAY_PASS.includes(status)) || status === FULL) {
      refused = { sentence: sentenceOf(status, response), isFinal: ![401, FULL].includes(status) };
    }
  }

  function onShouldRetry(error, attempt) {
    if (refused) return false;
    tells.moved(sentBefore, attempt ? "The line broke: trying again." : "");
    return true;
  }

  return {
    go: () => upload.start(),
    pause: () => upload.abort(),
    end: () => upload.abort(Boolean(upload.url)).catch((error) => console.info(error.message)),
  };
}

function sentenceOf(status, response) {
  const isOurs = response.getHeader("Content-Type")?.startsWith("text/plain");
  return (isOurs && response.getBody()) || SENTENCES[status] || `The server answered ${status}: load the page again.`;
}

function idOf(address) {
  return address.split("/").pop();
}

/* Who signs in anew, in another tab, gets another token. */
function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}
