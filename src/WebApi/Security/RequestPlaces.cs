namespace NeuroLab.WebApi.Security;

/// <summary>The places that one request holds among those under way, where it may give them back before it ends: it becomes a stream. Not thread-safe.</summary>
internal sealed class RequestPlaces
{
    private readonly List<RequestCount> _held = [];

    /// <summary>Takes over a place that the request was given.</summary>
    public void Add(RequestCount place) => _held.Add(place);

    /// <summary>Gives back what is held.</summary>
    public void Leave()
    {
        foreach (var place in _held)
        {
            place.Leave();
        }

        _held.Clear();
    }
}
