using System.Buffers.Binary;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>The fuzzer finds what it is there to find, and names the input.</summary>
[Collection(nameof(FuzzTests))]
public sealed class FuzzerTests
{
    private static readonly FuzzLimits Limits = new(200_000, TimeSpan.MaxValue) { ProcessorTime = TimeSpan.FromMilliseconds(300), Heap = 128L * 1024 * 1024, HeapAfterwards = 8L * 1024 * 1024 };

    /// <summary>What may be wrong with <see cref="Reader"/>.</summary>
    public enum Bug
    {
        None,
        LengthNotChecked,
        NeverEnds,
        WaitsForEver,
        AllocatesByLength,
        KeepsAll,
        ReadsAnother,
    }

    [Theory]
    [InlineData(Bug.LengthNotChecked, "ended in ArgumentOutOfRangeException")]
    [InlineData(Bug.NeverEnds, "of processor time, or never ended")]
    [InlineData(Bug.WaitsForEver, "of processor time, or never ended")]
    [InlineData(Bug.AllocatesByLength, "are allowed")]
    [InlineData(Bug.KeepsAll, "heap ha")]
    [InlineData(Bug.ReadsAnother, "ended in FuzzDisagreementException")]
    public void Run_WhenABugIsPlanted_FindsItAndNamesTheInput(Bug bug, string found)
    {
        using var reader = new Reader(bug);
        var limits = bug == Bug.WaitsForEver ? Limits with { StillFor = TimeSpan.FromSeconds(1) } : Limits;

        var run = () => Fuzzer.Run(reader, limits, seed: 7);

        var message = run.Should().Throw<FuzzFailureException>().WithMessage($"*{found}*").Which.Message;
        message.Should().Contain("of seed 7").And.Contain(FuzzSettings.InputVariable + "=");
        if (bug is Bug.LengthNotChecked or Bug.ReadsAnother or Bug.AllocatesByLength)
        {
            using var other = new Reader(bug);
            var input = Convert.FromBase64String(message[(message.IndexOf(FuzzSettings.InputVariable, StringComparison.Ordinal) + FuzzSettings.InputVariable.Length + 1)..]);
            var replay = () => Fuzzer.Replay(other, limits, input);
            replay.Should().Throw<FuzzFailureException>().WithMessage($"*{found}*");
        }
    }

    [Fact]
    public void Run_WhenNothingIsWrong_ComesToItsInputs()
    {
        using var reader = new Reader(Bug.None);

        var report = Fuzzer.Run(reader, Limits, seed: 7);

        report.Inputs.Should().Be(200_000);
        report.Outcomes.Should().BeGreaterThan(5, "inputs that lead on are changed further");
    }

    [Fact]
    public void Run_WhenTheSeedIsTheSame_MakesTheSameInputs()
    {
        using var one = new Reader(Bug.None);
        using var again = new Reader(Bug.None);
        using var another = new Reader(Bug.None);

        Fuzzer.Run(one, Limits with { Inputs = 20_000 }, seed: 7);
        Fuzzer.Run(again, Limits with { Inputs = 20_000 }, seed: 7);
        Fuzzer.Run(another, Limits with { Inputs = 20_000 }, seed: 8);

        again.Sum.Should().Be(one.Sum);
        another.Sum.Should().NotBe(one.Sum);
    }

    /// <summary>Reads a length (one byte) and as many bytes.</summary>
    private sealed class Reader(Bug bug) : FuzzTarget, IDisposable
    {
        private readonly List<byte[]> _kept = [];
        private readonly ManualResetEventSlim _ended = new();
        private byte[]? _read;

        public int Sum { get; private set; }

        public override IReadOnlyList<byte[]> Seeds { get; } = [[3, 1, 2, 3], [0]];

        public override int Run(byte[] input)
        {
            _read = null;
            if (input.Length == 0 || (bug != Bug.LengthNotChecked && input.Length - 1 < input[0]))
            {
                return 0;
            }

            _read = input.AsSpan(1, input[0]).ToArray();
            if (bug == Bug.KeepsAll)
            {
                _kept.Add(new byte[1024]);
            }

            if (_read.Length == 5)
            {
                while (bug == Bug.NeverEnds && !_ended.IsSet)
                {
                    Thread.SpinWait(100);
                }

                if (bug == Bug.WaitsForEver)
                {
                    _ended.Wait();
                }

                if (bug == Bug.AllocatesByLength && _read[0] > 200)
                {
                    _read = new byte[BinaryPrimitives.ReadInt32LittleEndian(_read) & 0xff_ffff].AsSpan(0, 0).ToArray();
                }

                if (bug == Bug.ReadsAnother)
                {
                    _read[4] = 7;
                }
            }

            return 1 + Math.Min(_read.Length, 20);
        }

        public override long AllocationBound(byte[] input) => 4096 + (4 * input.Length);

        public override void Verify(byte[] input)
        {
            Sum = HashCode.Combine(Sum, input.Length, input.Length == 0 ? 0 : input[^1]);
            Require(_read is null || input.AsSpan(1).StartsWith(_read), "it reads what is not there");
        }

        // A thread that hangs ends with the test.
        public void Dispose() => _ended.Set();
    }
}
