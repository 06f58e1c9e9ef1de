namespace NeuroLab.UnitTests.Caching;

/// <summary>Waits for what another thread is about to do, where it offers nothing to await; bounded.</summary>
internal static class Eventually
{
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(1, bound.Token);
        }
    }
}
