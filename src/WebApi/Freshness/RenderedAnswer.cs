using System.Buffers;
using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.WebApi.Http;
using CacheFreshness = NeuroLab.Application.Abstractions.Caching.Freshness;

namespace NeuroLab.WebApi.Freshness;

/// <summary>
/// An answer of the cache as its bytes and headers. Made once and kept with the answer: of a value that many requests are answered with only what differs between them, its age and the
/// rest of its life, is written anew. Thread-safe.
/// </summary>
internal sealed class RenderedAnswer
{
    private readonly CacheFreshness _freshness;
    private readonly Guid _user;
    private readonly byte[] _body;
    private readonly int _ageAt;
    private readonly int _lifeAt;
    private AnswerTexts? _texts;

    private RenderedAnswer(byte[] value, CacheFreshness freshness, Guid user)
    {
        (_freshness, _user) = (freshness, user);
        Tag = EntityTag.Of(value, freshness, user);
        (_body, _ageAt, _lifeAt) = FreshnessBody.Splice(value, freshness);
    }

    /// <summary>The entity tag.</summary>
    public string Tag { get; }

    /// <summary>Renders an answer, unless it was rendered before for the same user.</summary>
    /// <exception cref="InvalidOperationException">The value is not an object.</exception>
    public static RenderedAnswer Of<T>(Cached<T> cached, Guid user)
    {
        var kept = cached.As(user, Render);
        return kept._user == user ? kept : Render(cached, user);
    }

    /// <summary>A body at one moment, of a value that is serialized already.</summary>
    /// <exception cref="InvalidOperationException">The value is not an object.</exception>
    public static byte[] Body(byte[] value, CacheFreshness freshness, DateTime now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new RenderedAnswer(value, freshness, Guid.Empty).Write(buffer, now);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The headers that change with the second; of a hit those of the last one are kept.</summary>
    /// <param name="now">Now, UTC.</param>
    /// <param name="forced">Whether the origin was asked for.</param>
    public AnswerTexts TextsAt(DateTime now, bool forced)
    {
        var age = FreshnessWords.MillisecondsOfAge(_freshness, now) / 1000;
        var life = FreshnessWords.MillisecondsToLive(_freshness, now) / 1000;
        if (Volatile.Read(ref _texts) is { } kept && kept.AgeSeconds == age && kept.LifeSeconds == life)
        {
            return kept;
        }

        var texts = new AnswerTexts(age, life, FreshnessWords.CacheStatus(_freshness, forced, now), FreshnessWords.AgeHeader(_freshness, now));
        if (_freshness.Source is CacheSource.Memory or CacheSource.Redis)
        {
            Volatile.Write(ref _texts, texts);
        }

        return texts;
    }

    /// <summary>Writes the body.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="now">Now, UTC.</param>
    /// <returns>How many bytes it has.</returns>
    public int Write(IBufferWriter<byte> to, DateTime now)
    {
        Span<byte> age = stackalloc byte[FreshnessBody.LongestNumber];
        Span<byte> life = stackalloc byte[FreshnessBody.LongestNumber];
        age = age[..FreshnessBody.Format(FreshnessWords.MillisecondsOfAge(_freshness, now), age)];
        life = life[..FreshnessBody.Format(FreshnessWords.MillisecondsToLive(_freshness, now), life)];

        var body = _body.AsSpan();
        var length = body.Length + age.Length + life.Length;
        var span = to.GetSpan(length);
        body[.._ageAt].CopyTo(span);
        span = span[_ageAt..];
        age.CopyTo(span);
        span = span[age.Length..];
        body[_ageAt.._lifeAt].CopyTo(span);
        span = span[(_lifeAt - _ageAt)..];
        life.CopyTo(span);
        body[_lifeAt..].CopyTo(span[life.Length..]);
        to.Advance(length);
        return length;
    }

    private static RenderedAnswer Render<T>(Cached<T> cached, Guid user) => new(JsonSerializer.SerializeToUtf8Bytes(cached.Value, ApiJson.Options), cached.Freshness, user);
}

/// <summary>Headers of an answer at one second. Immutable.</summary>
internal sealed record AnswerTexts(long AgeSeconds, long LifeSeconds, string CacheStatus, string Age);
