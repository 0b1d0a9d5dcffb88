"""What the examination of ordinary footage finds, as it is kept: name only what is not ordinary."""


def a_video(**fields):
    """Facts of an ordinary picture track of ten seconds."""
    defaults = {
        "index": 0,
        "codec": "h264",
        "packets": 300,
        "start_ms": 0.0,
        "end_ms": 10_000.0,
        "step_ms": [33.3333, 33.3333, 33.3333],
        "width": 1920,
        "height": 1080,
        "rotation": 0,
        "sample_aspect": [1, 1],
        "interlaced": False,
        "pixel_format": "yuv420p",
        "bit_depth": 8,
        "matrix": 1,
        "range": 1,
        "transfer": 1,
        "primaries": 1,
    }
    return {**defaults, **fields}


def a_sound(**fields):
    """Facts of its sound track."""
    defaults = {
        "index": 1,
        "codec": "aac",
        "channels": 2,
        "sample_rate": 48000,
        "packets": 469,
        "start_ms": 0.0,
        "end_ms": 10_000.0,
    }
    return {**defaults, **fields}


def facts(video=None, audio=None, **fields):
    """All that the examination of one file answers."""
    return {
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "video": video or a_video(),
        "audio": audio,
        **fields,
    }
