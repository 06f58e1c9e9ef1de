using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CacheFreshness = NeuroLab.Application.Abstractions.Caching.Freshness;

namespace NeuroLab.WebApi.Freshness;

/// <summary>Puts freshness beside the members of a value, without reading the value again.</summary>
internal static class FreshnessBody
{
    /// <summary>The most bytes that a number of seconds takes.</summary>
    public const int LongestNumber = 24;

    /// <summary>A serialized object with its freshness, but for the two numbers in it that change from moment to moment.</summary>
    /// <param name="value">The serialized object.</param>
    /// <param name="freshness">How fresh it is.</param>
    /// <returns>The bytes, and the places in them where the age and, behind it, the rest of the life are to be put in: seconds, as <see cref="Format"/> writes them.</returns>
    /// <exception cref="InvalidOperationException">The value is not an object.</exception>
    public static (byte[] Body, int AgeAt, int LifeAt) Splice(ReadOnlySpan<byte> value, CacheFreshness freshness)
    {
        if (value.Length < 2 || value[0] != (byte)'{' || value[^1] != (byte)'}')
        {
            throw new InvalidOperationException("The answer of a cached query is a JSON object.");
        }

        var buffer = new ArrayBufferWriter<byte>(384);
        int ageAt, lifeAt;
        using (var writer = new Utf8JsonWriter(buffer))
        {
            (ageAt, lifeAt) = Write(writer, freshness);
        }

        var members = buffer.WrittenSpan;

        // The brace that opened the members of freshness becomes the comma between them and those of the value, and the zero that stands for a number goes.
        var head = value.Length > 2 ? value[..^1] : [];
        byte[] body = [.. head, value.Length > 2 ? (byte)',' : (byte)'{', .. members[1..ageAt], .. members[(ageAt + 1)..lifeAt], .. members[(lifeAt + 1)..]];
        return (body, head.Length + ageAt, head.Length + lifeAt - 1);
    }

    /// <summary>Writes seconds, with as many of the three decimals as they have.</summary>
    /// <param name="milliseconds">How many thousandths; 0 or more.</param>
    /// <param name="to">Where to: <see cref="LongestNumber"/> bytes are enough.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Format(long milliseconds, Span<byte> to)
    {
        var (seconds, rest) = Math.DivRem(milliseconds, 1000);
        seconds.TryFormat(to, out var length, default, CultureInfo.InvariantCulture);
        if (rest == 0)
        {
            return length;
        }

        to[length++] = (byte)'.';
        for (var unit = 100L; rest > 0; unit /= 10)
        {
            to[length++] = (byte)('0' + (rest / unit));
            rest %= unit;
        }

        return length;
    }

    /// <returns>Where the zeros stand that stand for the age and the rest of the life.</returns>
    private static (int AgeAt, int LifeAt) Write(Utf8JsonWriter json, CacheFreshness freshness)
    {
        json.WriteStartObject();
        json.WriteBoolean("_cache_hit"u8, freshness.IsHit);
        json.WriteBoolean("_stale_data"u8, freshness.IsStale);
        json.WriteString("_cached_at"u8, freshness.CachedAt);
        json.WriteStartObject("cache_info"u8);
        json.WriteString("source"u8, FreshnessWords.Name(freshness.Source));
        json.WriteNumber("age_seconds"u8, 0);
        var ageAt = Written(json) - 1;
        json.WriteNumber("ttl_seconds"u8, 0);
        var lifeAt = Written(json) - 1;
        json.WriteString("expires_at"u8, freshness.FreshUntil);
        if (freshness.StaleReason is { } reason)
        {
            json.WriteString("stale_reason"u8, FreshnessWords.Name(reason));
        }

        if (freshness.Invalidated)
        {
            json.WriteBoolean("invalidated"u8, true);
        }

        json.WriteEndObject();
        json.WriteBoolean("partial_failure"u8, freshness.IsPartial);
        json.WriteStartArray("failed_operations"u8);
        foreach (var operation in freshness.FailedOperations)
        {
            json.WriteStringValue(operation);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return (ageAt, lifeAt);
    }

    private static int Written(Utf8JsonWriter json) => (int)json.BytesCommitted + json.BytesPending;
}
