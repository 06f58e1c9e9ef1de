using NeuroLab.Domain.Common;

namespace NeuroLab.Application.Abstractions.Randomness;

/// <summary>Makes random sources. Thread-safe; what it makes is not.</summary>
public interface IRandomSourceFactory
{
    /// <summary>A source for one run. Under a configured seed the first, second, … source are the same after every start.</summary>
    IRandomSource Create();
}
