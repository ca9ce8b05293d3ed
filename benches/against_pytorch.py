"""Training of our nets beside PyTorch's: python3 benches/against_pytorch.py

The same shapes on random tokens, in turn, each in a process of its own: a transformer of 2 x 128 with four heads over windows of 128 tokens,
16 at a step, and a gated recurrent unit of 256 over 64 tokens, 24 at a step, both over 1,025 tokens with AdamW. Prints tokens per second and
per second of processor time, the median of the runs. Needs torch; ours is the bench `nets`.
"""

import statistics
import subprocess
import sys
import time

STEPS, TOKENS, RUNS = 60, 1025, 5


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


def measured(command):
    """The two rates of each net."""
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    fields = [line.split("\t") for line in lines]
    return {row[0]: [float(rate) for rate in row[1:]] for row in fields if row[0] in ("transformer", "recurrent")}


def main():
    ours, theirs = ["cargo", "bench", "--quiet", "--bench", "nets"], [sys.executable, __file__, "--pytorch"]
    runs = [(measured(ours), measured(theirs)) for _ in range(RUNS)]
    print("| net | ours: tokens per second | PyTorch | ratio | per second of processor time: ours | PyTorch | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in ("transformer", "recurrent"):
        cells = []
        for rate in (0, 1):
            a, b = (statistics.median(run[side][name][rate] for run in runs) for side in (0, 1))
            cells += [f"{a:,.0f}", f"{b:,.0f}", f"{a / b:.2f}×"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    pytorch() if "--pytorch" in sys.argv else main()
