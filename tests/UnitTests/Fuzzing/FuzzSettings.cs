using System.Globalization;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>What the environment says of the runs.</summary>
internal static class FuzzSettings
{
    /// <summary>The seed of every target; a bounded run has always the same where it is not given, a longer one another each time.</summary>
    public const string SeedVariable = "NEUROLAB_FUZZ_SEED";

    /// <summary>One input in base64, run in the place of all others.</summary>
    public const string InputVariable = "NEUROLAB_FUZZ_INPUT";

    /// <summary>The seed to use.</summary>
    public static int Seed { get; } = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : TestSize.Of(bounded: 20_261_125, full: Random.Shared.Next());

    /// <summary>The one input to run; null for a run.</summary>
    public static byte[]? Input { get; } = Environment.GetEnvironmentVariable(InputVariable) is { Length: > 0 } input ? Convert.FromBase64String(input) : null;

    /// <summary>How long a run is; the longer one ends before a test is taken for one that hangs.</summary>
    public static FuzzLimits Limits { get; } = TestSize.Of(
        bounded: new FuzzLimits(1_000_000, TimeSpan.MaxValue),
        full: new FuzzLimits(50_000_000, TimeSpan.FromMinutes(8)));
}
