using System.Numerics;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>A span of time in two bytes: to the millisecond below four seconds, and to one part in 2,048 above. Rounded down. Immutable.</summary>
/// <param name="Code">Five bits of exponent, eleven of mantissa.</param>
internal readonly record struct CoarseSpan(ushort Code)
{
    private const int MantissaBits = 11;
    private const int One = 1 << MantissaBits;

    /// <summary>Longer than any other.</summary>
    public static CoarseSpan Endless { get; } = new(ushort.MaxValue);

    /// <summary>Whether it has no end.</summary>
    public bool IsEndless => Code == ushort.MaxValue;

    /// <summary>Its length; more than any entry lives where it has no end.</summary>
    public long Milliseconds
    {
        get
        {
            var exponent = Code >> MantissaBits;
            long mantissa = Code & (One - 1);
            return exponent == 0 ? mantissa : (mantissa | One) << (exponent - 1);
        }
    }

    /// <summary>The longest span that is not longer than this one.</summary>
    public static CoarseSpan Of(uint milliseconds)
    {
        if (milliseconds < One)
        {
            return new((ushort)milliseconds);
        }

        var shift = BitOperations.Log2(milliseconds) - MantissaBits;
        return new((ushort)(((shift + 1) << MantissaBits) | (int)((milliseconds >> shift) & (One - 1))));
    }
}
