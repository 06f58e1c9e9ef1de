using NeuroLab.Application.Abstractions.Randomness;
using NeuroLab.Domain.Common;

namespace NeuroLab.Infrastructure.Randomness;

/// <summary>Numbers the sources that it makes, and seeds the n-th with n steps past the first seed. Thread-safe.</summary>
internal sealed class RandomSourceFactory : IRandomSourceFactory
{
    private int _next;

    /// <summary>Creates the factory.</summary>
    /// <param name="seed">The seed of the first source; null: any.</param>
    public RandomSourceFactory(int? seed) => _next = (seed ?? Random.Shared.Next()) - 1;

    public IRandomSource Create() => new SeededRandom(Interlocked.Increment(ref _next));
}
