namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>What an invalidation names.</summary>
public enum InvalidationTarget
{
    /// <summary>Keys that match a glob.</summary>
    Pattern,

    /// <summary>Entries that carry a tag.</summary>
    Tag,
}

/// <summary>One record for the journal: what is out of date. Immutable.</summary>
/// <param name="Target">Whether <paramref name="Text"/> is a glob or a tag.</param>
/// <param name="Text">The glob or the tag.</param>
/// <param name="IsPurge">Whether what matches may not be served as a stale copy either, and is deleted.</param>
public sealed record Invalidation(InvalidationTarget Target, string Text, bool IsPurge = false)
{
    /// <summary>Greatest length of a tag, in UTF-16 code units.</summary>
    public const int MaxTagLength = 256;

    /// <summary>What matches is out of date.</summary>
    public static Invalidation OfPattern(CachePattern pattern) => new(InvalidationTarget.Pattern, pattern.Text);

    /// <summary>What carries the tag is out of date.</summary>
    /// <exception cref="ArgumentException">The tag is empty, too long, has a control character, or half of a surrogate pair.</exception>
    public static Invalidation OfTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return tag.Length <= MaxTagLength && CacheText.IsStorable(tag)
            ? new(InvalidationTarget.Tag, tag)
            : throw new ArgumentException($"A tag has at most {MaxTagLength} characters, {CacheText.Rule}.", nameof(tag));
    }

    /// <summary>What matches is out of date, deleted, and not served as a stale copy.</summary>
    public static Invalidation Purge(CachePattern pattern) => new(InvalidationTarget.Pattern, pattern.Text, IsPurge: true);
}
