"""A Whisper model of one megabyte with random weights: it loads and runs as a real one does, and
understands nothing."""

from pathlib import Path

SIZE, HEADS, LAYERS, MELS, CONTEXT, TOKENS = 32, 2, 1, 80, 1500, 448
WORDS = "endoftext startoftranscript en translate transcribe startoflm startofprev nospeech"
MARKS = [*WORDS.split(), "notimestamps", *(f"{step * 0.02:.2f}" for step in range(1501))]


def make(folder: Path) -> Path:
    """Write the model in the form of CTranslate2. Needs what ``make speech`` installs."""
    import numpy  # noqa: PLC0415 - an extra
    from ctranslate2.specs import whisper_spec  # noqa: PLC0415 - an extra

    folder.mkdir()
    tokens = _tokens(folder / "tokenizer.json")
    chance = numpy.random.default_rng(1)

    def weights(*shape: int):
        return (chance.standard_normal(shape) * 0.2).astype(numpy.float32)

    def norm(part):
        part.gamma, part.beta = numpy.ones(SIZE, numpy.float32), numpy.zeros(SIZE, numpy.float32)

    def linear(part, out: int, into: int = SIZE):
        part.weight, part.bias = weights(out, into), numpy.zeros(out, numpy.float32)

    def block(part):
        norm(part.self_attention.layer_norm)
        linear(part.self_attention.linear[0], 3 * SIZE)
        linear(part.self_attention.linear[1], SIZE)
        norm(part.ffn.layer_norm)
        linear(part.ffn.linear_0, 4 * SIZE)
        linear(part.ffn.linear_1, SIZE, 4 * SIZE)

    spec = whisper_spec.WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    for conv, into in ((spec.encoder.conv1, MELS), (spec.encoder.conv2, SIZE)):
        conv.weight, conv.bias = weights(SIZE, into, 3), numpy.zeros(SIZE, numpy.float32)
    spec.encoder.position_encodings.encodings = weights(CONTEXT, SIZE)
    spec.decoder.position_encodings.encodings = weights(TOKENS, SIZE)
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = weights(len(tokens), SIZE)
    for half in (spec.encoder, spec.decoder):
        norm(half.layer_norm)
        for part in half.layer:
            block(part)
    for part in spec.decoder.layer:
        norm(part.attention.layer_norm)
        for number, out in enumerate((SIZE, 2 * SIZE, SIZE)):
            linear(part.attention.linear[number], out)
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids, spec.config.alignment_heads = [tokens.index("<|en|>")], [(0, 0)]
    spec.validate()
    spec.save(str(folder))
    return folder


def _tokens(path: Path) -> list[str]:
    """Bytes and marks, as a tokenizer in a file and in the order of their numbers."""
    from tokenizers import (  # noqa: PLC0415 - an extra
        AddedToken,
        Tokenizer,
        decoders,
        models,
        pre_tokenizers,
    )

    letters = {one: at for at, one in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(f"<|{mark}|>", special=True) for mark in MARKS])
    tokenizer.save(str(path))
    return [tokenizer.id_to_token(at) for at in range(tokenizer.get_vocab_size())]
