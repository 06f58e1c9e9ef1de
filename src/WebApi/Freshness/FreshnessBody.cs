using System.Buffers;
using System.Text.Json;
using CacheFreshness = NeuroLab.Application.Abstractions.Caching.Freshness;

namespace NeuroLab.WebApi.Freshness;

/// <summary>Puts freshness beside the members of a value, without reading the value again.</summary>
internal static class FreshnessBody
{
    /// <summary>What to write after the first bytes of a serialized object, in place of its closing brace.</summary>
    /// <param name="value">The serialized object.</param>
    /// <param name="freshness">How fresh it is.</param>
    /// <param name="now">Now, UTC.</param>
    /// <returns>How many bytes of the value to write, and what to write then.</returns>
    /// <exception cref="InvalidOperationException">The value is not an object.</exception>
    public static (int Head, byte[] Tail) Splice(ReadOnlySpan<byte> value, CacheFreshness freshness, DateTime now)
    {
        if (value.Length < 2 || value[0] != (byte)'{' || value[^1] != (byte)'}')
        {
            throw new InvalidOperationException("The answer of a cached query is a JSON object.");
        }

        var buffer = new ArrayBufferWriter<byte>(384);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, freshness, now);
        }

        var tail = buffer.WrittenSpan.ToArray();
        if (value.Length == 2)
        {
            return (0, tail);
        }

        // The brace that opened the members of freshness becomes the comma between them and those of the value.
        tail[0] = (byte)',';
        return (value.Length - 1, tail);
    }

    private static void Write(Utf8JsonWriter json, CacheFreshness freshness, DateTime now)
    {
        json.WriteStartObject();
        json.WriteBoolean("_cache_hit"u8, freshness.IsHit);
        json.WriteBoolean("_stale_data"u8, freshness.IsStale);
        json.WriteString("_cached_at"u8, freshness.CachedAt);
        json.WriteStartObject("cache_info"u8);
        json.WriteString("source"u8, FreshnessWords.Name(freshness.Source));
        json.WriteNumber("age_seconds"u8, FreshnessWords.Age(freshness, now));
        json.WriteNumber("ttl_seconds"u8, FreshnessWords.TimeToLive(freshness, now));
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
    }
}
