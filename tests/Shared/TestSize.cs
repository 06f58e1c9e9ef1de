namespace NeuroLab.Tests;

/// <summary>How long a run is: bounded as a rule, longer where <c>./test.sh --full</c> asks for it.</summary>
internal static class TestSize
{
    /// <summary>Whether the longer runs are asked for.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("NEUROLAB_FULL") == "1";

    /// <summary>One of two sizes.</summary>
    public static T Of<T>(T bounded, T full) => IsFull ? full : bounded;
}
