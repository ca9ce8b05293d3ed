"""Training of our nets beside PyTorch's: python3 benches/against_pytorch.py

The same shapes on random tokens, in turn, each in a process of its own: a transformer of 2 x 128 with four heads over windows of 128 tokens,
16 at a step, and a gated recurrent unit of 256 over 64 tokens, 24 at a step, both over 1,025 tokens with AdamW; and the document model: 5,000 words,
128 units, 32 latent dimensions, 64 messages of 64 random words at a step, with Adam. Prints tokens, or messages, per second and per second of
processor time, the median of the runs. What PyTorch reads of messages is prepared before its clock starts. Needs torch; ours is the bench `nets`.
"""

import statistics
import subprocess
import sys
import time

STEPS, TOKENS, RUNS = 60, 1025, 5
NETS = ("transformer", "recurrent", "vae")


def nets():
    """Name, net, windows of a step, their length."""
    import torch
    from torch import nn

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(TOKENS, 128)
            block = nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
            self.blocks = nn.TransformerEncoder(block, 2, norm=nn.LayerNorm(128), enable_nested_tensor=False)
            self.output = nn.Linear(128, TOKENS)
            self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(128))

        def forward(self, x):
            return self.output(self.blocks(self.embedding(x), mask=self.mask, is_causal=True))

    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(TOKENS, 64)
            self.gated = nn.GRU(64, 256, batch_first=True)
            self.output = nn.Linear(256, TOKENS)

        def forward(self, x):
            return self.output(self.gated(self.embedding(x))[0])

    return torch, [("transformer", Transformer, 16, 128), ("recurrent", Recurrent, 24, 64)]


def pytorch():
    torch, all_nets = nets()
    torch.manual_seed(1)
    for name, make, batch, length in all_nets:
        net = make()
        optimizer = torch.optim.AdamW(net.parameters(), lr=0.002, weight_decay=0.01)
        windows = torch.randint(0, TOKENS, (STEPS + 3, batch, length + 1))
        for at, window in enumerate(windows):
            # The first steps make room.
            if at == 3:
                start, before = time.perf_counter(), time.process_time()
            loss = torch.nn.functional.cross_entropy(net(window[:, :-1]).flatten(0, 1), window[:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        tokens = STEPS * batch * length
        print(name, tokens / (time.perf_counter() - start), tokens / (time.process_time() - before), sep="\t")
    document_model()


def document_model():
    import torch
    from torch import nn
    from torch.nn import functional as f

    words, hidden, latent, batch, length, steps = 5_000, 128, 32, 64, 64, 3 * 4_096 // 64

    class DocumentModel(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.EmbeddingBag(words, hidden, mode="sum")
            self.classes = nn.Embedding(2, hidden)
            self.posterior = nn.Linear(hidden, 2 * latent)
            self.decoders = nn.ModuleList(nn.Linear(latent, words) for _ in range(2))

        def forward(self, read, values, counts, label):
            units = torch.relu(self.encoder(read, per_sample_weights=values) + self.classes(label))
            mean, log_variance = self.posterior(units).chunk(2, dim=1)
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
            loss = divergence
            for of, decoder in enumerate(self.decoders):
                own = label == of
                log_p = f.log_softmax(decoder(z[own]), dim=1)
                loss = loss - (log_p.gather(1, read[own]) * counts[own]).sum()
            return loss / batch

    net = DocumentModel()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    read = torch.randint(0, words, (steps + 3, batch, length))
    counts = torch.ones(batch, length)
    values, label = counts * (8 / length**0.5), torch.arange(batch) % 2
    for at, own in enumerate(read):
        if at == 3:
            start, before = time.perf_counter(), time.process_time()
        loss = net(own, values, counts, label)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 100.0)
        optimizer.step()
    emails = steps * batch
    print("vae", emails / (time.perf_counter() - start), emails / (time.process_time() - before), sep="\t")


def measured(command):
    """The two rates of each net."""
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    fields = [line.split("\t") for line in lines]
    return {row[0]: [float(rate) for rate in row[1:]] for row in fields if row[0] in NETS}


def main():
    ours, theirs = ["cargo", "bench", "--quiet", "--bench", "nets"], [sys.executable, __file__, "--pytorch"]
    runs = [(measured(ours), measured(theirs)) for _ in range(RUNS)]
    print("| net | ours: tokens (messages) per second | PyTorch | ratio | per second of processor time: ours | PyTorch | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in NETS:
        cells = []
        for rate in (0, 1):
            a, b = (statistics.median(run[side][name][rate] for run in runs) for side in (0, 1))
            cells += [f"{a:,.0f}", f"{b:,.0f}", f"{a / b:.2f}×"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    pytorch() if "--pytorch" in sys.argv else main()
