namespace NeuroLab.ArchitectureTests.Violations.Cancellation
{
    internal static class Slow
    {
        public static Task ReadAsync(CancellationToken cancellationToken = default) => Task.Delay(1, cancellationToken);
    }

    internal sealed class ForgetsItsToken
    {
        public static Task ReadAsync(CancellationToken cancellationToken) => Slow.ReadAsync(CancellationToken.None);
    }

    internal sealed class ForgetsItsTokenInAnAsyncMethod
    {
        public static async Task ReadAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            await Slow.ReadAsync(CancellationToken.None);
        }
    }

    internal sealed class ForgetsItsTokenInALambda
    {
        public static Func<CancellationToken, Task> Reading { get; } = async cancellationToken => await Slow.ReadAsync(CancellationToken.None);
    }

    internal sealed class LeavesItsTokenOut
    {
        public static Task ReadAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Slow.ReadAsync();
        }
    }

    internal sealed class PassesDefaultInAnAsyncMethod
    {
        public static async Task ReadAsync(CancellationToken cancellationToken)
        {
            await Slow.ReadAsync(cancellationToken);
            await Slow.ReadAsync(default);
        }
    }

    internal sealed class PassesItsTokenOn
    {
        public static async Task ReadAsync(CancellationToken cancellationToken)
        {
            await Slow.ReadAsync(cancellationToken);
            await Task.Run(() => Slow.ReadAsync(cancellationToken), CancellationToken.None);
        }

        public static async Task ReadForAWhileAsync(CancellationToken cancellationToken)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var linked = source.Token;
            await Slow.ReadAsync(linked);
            await Slow.ReadAsync(linked);
        }

        public static Task FinishAsync(CancellationToken none) => Slow.ReadAsync(CancellationToken.None);

        public static Func<CancellationToken, Task> Finishing { get; } = static _ => Slow.ReadAsync(CancellationToken.None);

        public static Task IdleAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
