namespace NeuroLab.UnitTests.Caching;

/// <summary>Waits for what another thread is about to do, where it offers nothing to await; bounded.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(1, bound.Token);
        }
    }
}
