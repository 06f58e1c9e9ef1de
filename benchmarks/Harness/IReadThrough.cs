namespace NeuroLab.Benchmarks.Harness;

/// <summary>
/// A cache that is read through: what is not there is loaded. Implemented by structs, so that a loop over one is compiled for it alone and calls it as a program that knew it would.
/// </summary>
/// <typeparam name="TKey">What it takes as keys.</typeparam>
internal interface IReadThrough<in TKey>
{
    /// <summary>The value of a key.</summary>
    string Get(TKey key);
}
