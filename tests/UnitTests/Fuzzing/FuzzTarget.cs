namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>
/// Code that reads what comes from outside, and what has to hold whatever that is. An instance belongs to one thread and may keep what it found between its calls, which
/// come in the order <see cref="Prepare"/>, <see cref="Run"/>, <see cref="AllocationBound"/>, <see cref="Verify"/> for each input.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>Valid inputs of every shape, made by the product itself where it writes them.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Inputs that were found once, or would have been; they are run first, every time.</summary>
    public virtual IReadOnlyList<byte[]> Regressions => [];

    /// <summary>Words of the input's language.</summary>
    public virtual IReadOnlyList<byte[]> Tokens => [];

    /// <summary>Greatest length of an input, in bytes.</summary>
    public virtual int MaxLength => 4096;

    /// <summary>Length, in bytes, up to which most inputs are.</summary>
    public virtual int UsualLength => 512;

    /// <summary>Turns bytes into what the product takes; not measured.</summary>
    public virtual void Prepare(byte[] input)
    {
    }

    /// <summary>The product's code alone: measured, and every exception out of it is a finding.</summary>
    /// <returns>What came of it, as a number: an input with a new one is kept to be changed further.</returns>
    public abstract int Run(byte[] input);

    /// <summary>Most bytes that the last run may have allocated.</summary>
    public abstract long AllocationBound(byte[] input);

    /// <summary>Holds the last run against another reading of the same input; not measured.</summary>
    public virtual void Verify(byte[] input)
    {
    }

    /// <summary>Changes an input as one who knows its structure, so that it gets past the first check.</summary>
    public virtual byte[] Reshape(byte[] input, Random random) => input;

    /// <summary>Says that something holds.</summary>
    /// <exception cref="FuzzDisagreementException">It does not.</exception>
    protected static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new FuzzDisagreementException(what);
        }
    }
}

/// <summary>What has to hold does not.</summary>
public sealed class FuzzDisagreementException(string message) : Exception(message);
