using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>Names a write by its place in the journal. A reader that presents it sees at least that write.</summary>
/// <param name="Position">The journal position of the write; 0 or more. <see cref="Unknown"/> where a token could not be understood.</param>
public readonly record struct ConsistencyToken(long Position)
{
    /// <summary>A token that could not be understood: its reader is answered from the origin.</summary>
    public static ConsistencyToken Unknown { get; } = new(long.MaxValue);

    /// <summary>Reads the text form: <c>v1.</c> and the position in hexadecimal.</summary>
    /// <returns>False for any other text.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConsistencyToken token)
    {
        token = default;
        // The framework's reader of numbers passes over NUL at the end; a token has no such thing.
        if (text is null || text.Length is < 4 or > 19 || !text.StartsWith("v1.", StringComparison.Ordinal) || text[^1] == '\0'
            || !long.TryParse(text.AsSpan(3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position)
            || position < 0)
        {
            return false;
        }

        token = new ConsistencyToken(position);
        return true;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"v1.{Position:x}");
}
