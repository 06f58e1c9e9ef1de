using NeuroLab.Application.Common;
using NeuroLab.WebApi.Security;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Streaming;

/// <summary>The places of answers that go on for as long as somebody listens. Thread-safe.</summary>
internal sealed class StreamPlaces(ServiceSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly RequestCount _streams = new(clock);

    /// <summary>Whether a request may become such a stream.</summary>
    public static bool IsStream(PathString path) => path.StartsWithSegments("/api/cache/stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes one for a request, until it ends; it gives back those that it holds as a request among others.</summary>
    /// <exception cref="OverloadedException">There is none.</exception>
    public void Take(HttpContext http)
    {
        if (_streams.TryEnter(settings.Limits.Streams) != true)
        {
            throw new OverloadedException("Too many streams are open.", RetryAfter);
        }

        http.Response.RegisterForDispose(new Place(_streams));
        http.Features.Get<RequestPlaces>()?.Leave();
    }

    private sealed class Place(RequestCount streams) : IDisposable
    {
        public void Dispose() => streams.Leave();
    }
}
