namespace NeuroLab.Domain.Common;

/// <summary>Where randomness comes from; seedable, so that a run can be repeated. Not thread-safe: one run holds it.</summary>
public interface IRandomSource
{
    /// <summary>A number at or above 0 and below 1, evenly distributed.</summary>
    double NextDouble();

    /// <summary>A number of the normal distribution.</summary>
    double NextNormal(double mean, double standardDeviation);
}
