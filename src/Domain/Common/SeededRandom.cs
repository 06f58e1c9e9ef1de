namespace NeuroLab.Domain.Common;

/// <summary>
/// Randomness that a seed repeats exactly. Normal numbers come in pairs by the method of Box and Muller; the second of a pair is kept for the
/// next call. For simulation only, never for secrets. Not thread-safe.
/// </summary>
public sealed class SeededRandom : IRandomSource
{
    private readonly Random _random;
    private double? _spare;

    /// <summary>Creates a source; equal seeds give equal sequences.</summary>
    public SeededRandom(int seed) => _random = new Random(seed);

    /// <inheritdoc />
    public double NextDouble() => _random.NextDouble();

    /// <inheritdoc />
    public double NextNormal(double mean, double standardDeviation)
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return mean + (standardDeviation * spare);
        }

        // 1 - u is above 0, so that the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        _spare = radius * sine;
        return mean + (standardDeviation * radius * cosine);
    }
}
