/* Which variants a stream is played in: AV1 where this device plays it well, H.264 everywhere else,
   and the smallest where the reader's line is to be spared. */

const isAv1 = ({ videoCodec }) => videoCodec?.startsWith("av01") ?? false;

/* Leaves hls.js one family of variants, so that the codec never changes while a clip plays.
   `playing` is the codec in which the clip plays already, if it does. */
export async function narrow(hls, playing) {
  if (navigator.connection?.saveData) hls.autoLevelCapping = 0;
  const av1 = hls.levels.filter(isAv1);
  if (av1.length === 0 || av1.length === hls.levels.length) return;
  const takesAv1 = playing ? isAv1({ videoCodec: playing }) : await playsWell(tallest(av1));
  for (let index = hls.levels.length - 1; index >= 0; index -= 1) {
    if (isAv1(hls.levels[index]) !== takesAv1) hls.removeLevel(index);
  }
}

const tallest = (levels) => levels.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));

async function playsWell({ videoCodec, width, height, bitrate, frameRate }) {
  const video = {
    contentType: `video/mp4; codecs="${videoCodec}"`,
    width,
    height,
    bitrate,
    framerate: frameRate || 30,
  };
  try {
    const asked = { type: "media-source", video };
    const answer = await navigator.mediaCapabilities.decodingInfo(asked);
    if (!answer.supported || !answer.smooth) return false;
    return answer.powerEfficient || !(await isOnBattery());
  } catch (reason) {
    console.info(`Nothing is known of AV1 here: ${reason.message}`);
    return false;
  }
}

/* Few browsers tell; where it is not known, no battery is assumed. */
async function isOnBattery() {
  const battery = await navigator.getBattery?.();
  return battery ? !battery.charging : false;
}
