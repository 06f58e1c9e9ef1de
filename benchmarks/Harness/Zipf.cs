namespace NeuroLab.Benchmarks.Harness;

/// <summary>Draws keys of which few are read often and most are not: the probability of the one of rank r is as 1 / r^exponent. Which key has which rank is shuffled.</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulated;
    private readonly int[] _keys;

    public Zipf(int keys, double exponent)
    {
        _cumulated = new double[keys];
        var sum = 0.0;
        for (var rank = 0; rank < keys; rank++)
        {
            _cumulated[rank] = sum += Math.Pow(rank + 1, -exponent);
        }

        _keys = [.. Enumerable.Range(0, keys)];
        new Random(1).Shuffle(_keys);
    }

    /// <summary>A sequence of keys; of one seed always the same.</summary>
    public int[] Draw(int length, int seed)
    {
        var random = new Random(seed);
        var drawn = new int[length];
        for (var i = 0; i < length; i++)
        {
            var at = Array.BinarySearch(_cumulated, random.NextDouble() * _cumulated[^1]);
            drawn[i] = _keys[at < 0 ? ~at : at];
        }

        return drawn;
    }

    /// <summary>The share of accesses that the most frequent keys have together: what holding them for ever would hit.</summary>
    public double ShareOfFirst(int keys) => _cumulated[Math.Min(keys, _cumulated.Length) - 1] / _cumulated[^1];
}
